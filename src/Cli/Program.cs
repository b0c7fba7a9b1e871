// STUB: owner client.
Console.WriteLine("ingodb");
