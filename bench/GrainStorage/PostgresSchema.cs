namespace IngoDB.GrainStorageBench;

/// <summary>What the ADO.NET provider looks for in a PostgreSQL database: its queries by name, and whatever they need.</summary>
internal static class PostgresSchema
{
    private const string Key = "id_hash = @GrainIdHash AND type_hash = @GrainTypeHash AND id0 = @GrainIdN0 AND id1 = @GrainIdN1 AND grain_type = @GrainTypeString AND extension = COALESCE(@GrainIdExtensionString, '''') AND service = @ServiceId";

    public const string Text = $"""
        CREATE TABLE OrleansQuery (QueryKey varchar(64) PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE grain_state (
            id_hash integer NOT NULL, type_hash integer NOT NULL, id0 bigint NOT NULL, id1 bigint NOT NULL, grain_type text NOT NULL, extension text NOT NULL, service text NOT NULL,
            payload bytea, version integer NOT NULL,
            PRIMARY KEY (id_hash, type_hash, id0, id1, grain_type, extension, service)) WITH (fillfactor = 70);
        INSERT INTO OrleansQuery VALUES
            ('ReadFromStorageKey', 'SELECT payload AS PayloadBinary, version AS Version FROM grain_state WHERE {Key}'),
            ('WriteToStorageKey', 'WITH changed AS (UPDATE grain_state SET payload = @PayloadBinary, version = version + 1 WHERE {Key} AND version = @GrainStateVersion::integer RETURNING version),
                made AS (INSERT INTO grain_state SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, COALESCE(@GrainIdExtensionString, ''''), @ServiceId, @PayloadBinary, 1 WHERE @GrainStateVersion::integer IS NULL ON CONFLICT DO NOTHING RETURNING version)
                SELECT COALESCE((SELECT version FROM changed), (SELECT version FROM made), @GrainStateVersion::integer) AS NewGrainStateVersion'),
            ('ClearStorageKey', 'UPDATE grain_state SET payload = NULL, version = version + 1 WHERE {Key} AND version = @GrainStateVersion::integer RETURNING version AS NewGrainStateVersion'),
            ('DeleteStorageKey', 'DELETE FROM grain_state WHERE {Key} AND version = @GrainStateVersion::integer RETURNING version + 1 AS NewGrainStateVersion');
        """;
}
