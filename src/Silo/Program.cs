// STUB: owner cluster.
Console.WriteLine("IngoDB silo");
