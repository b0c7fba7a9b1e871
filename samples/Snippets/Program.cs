// The code blocks of the README, as programs. tests/Repository.Tests checks that the two agree, line by line.

using IngoDB.Samples.Snippets;

await EmbeddedEngine.RunAsync(Directory.CreateTempSubdirectory("ingodb-snippet-").FullName);
