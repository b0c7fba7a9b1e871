// The table and the three queries that Orleans' ADO.NET storage looks for, ours, as short as they can be. The provider asks the table
// OrleansQuery for its statements and calls them with these parameters; a write that gives back another version than it was given is a
// success.
//
// Orleans' own script has no unique index over the key: two writers who have both seen no row both insert one, and both
// are told that theirs is version 1. WithoutUniqueIndex does the same, slowed down so that a race is one.

namespace Nodes.Tests.Servers;

internal static class OrleansTables
{
    private const string Key = "grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1 AND graintypestring = @GrainTypeString AND coalesce(grainidextensionstring, '') = coalesce(@GrainIdExtensionString, '') AND serviceid = @ServiceId";

    public static string WithUniqueIndex => Script("""
        CREATE UNIQUE INDEX orleansstorage_key ON orleansstorage (serviceid, graintypestring, grainidn0, grainidn1, coalesce(grainidextensionstring, ''));
        """, "");

    public static string WithoutUniqueIndex => Script("", "FROM pg_sleep(0.05)");

    private static string Script(string index, string slowly) => $"""
        DROP TABLE IF EXISTS orleansquery, orleansstorage;
        CREATE TABLE orleansquery (querykey varchar(64) PRIMARY KEY, querytext varchar(8000) NOT NULL);
        CREATE TABLE orleansstorage (
            grainidhash integer NOT NULL, grainidn0 bigint NOT NULL, grainidn1 bigint NOT NULL, graintypehash integer NOT NULL, graintypestring varchar(512) NOT NULL,
            grainidextensionstring varchar(512), serviceid varchar(150) NOT NULL, payloadbinary bytea, modifiedon timestamp NOT NULL, version integer NOT NULL);
        {index}
        INSERT INTO orleansquery VALUES ('ReadFromStorageKey', $sql$
            SELECT payloadbinary, now() AT TIME ZONE 'utc', version FROM orleansstorage WHERE {Key} $sql$);
        INSERT INTO orleansquery VALUES ('ClearStorageKey', $sql$
            UPDATE orleansstorage SET payloadbinary = NULL, version = version + 1 WHERE {Key} AND version = @GrainStateVersion RETURNING version AS NewGrainStateVersion $sql$);
        INSERT INTO orleansquery VALUES ('WriteToStorageKey', $sql$
            WITH replaced AS (
                UPDATE orleansstorage SET payloadbinary = @PayloadBinary, modifiedon = now() AT TIME ZONE 'utc', version = version + 1
                WHERE {Key} AND version = @GrainStateVersion RETURNING version),
            made AS (
                INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
                SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary, now() AT TIME ZONE 'utc', 1 {slowly}
                WHERE CAST(@GrainStateVersion AS integer) IS NULL AND NOT EXISTS (SELECT 1 FROM orleansstorage WHERE {Key}) RETURNING version)
            SELECT coalesce((SELECT version FROM replaced LIMIT 1), (SELECT version FROM made), CAST(@GrainStateVersion AS integer)) AS NewGrainStateVersion $sql$);
        """;
}
