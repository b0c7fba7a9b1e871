// dotnet run -c Release --project bench/Products -- --docs 1000000 --engines ingodb,rocksdb,sqlite --reps 3 --json FILE --plot DIR
// dotnet run -c Release --project bench/Products -- report FILE... --table README.md --plot DIR
// (and `child`, which the first one starts for each engine)
using IngoDB.ProductBench;

return await CommandLine.Create().Parse(args).InvokeAsync();
