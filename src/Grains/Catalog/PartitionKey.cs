using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>The key of a partition grain, <c>database/partition/epoch</c>: a new epoch is a new grain, so that no stale route survives a hand-over.</summary>
internal readonly record struct PartitionKey(string Database, int Partition, ulong Epoch)
{
    public static PartitionKey Of(PartitionRecord record) => new(record.Database, record.Partition, record.Epoch);

    public static PartitionKey Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var partition) && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            ? new(parts[0], partition, epoch)
            : throw new InvalidRequestException("partition.bad_key", $"'{text}' is not the key of a partition.", example: "default/3/1");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Database}/{Partition}/{Epoch}");
}
