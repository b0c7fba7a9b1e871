using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Parts of the language that are valid and not executed by this version.</summary>
internal static class NotYet
{
    public static InvalidRequestException Refuse(string what, string instead, string pointer = "")
        => new("not.yet", $"{what} is not executed by this version.", pointer, instead);
}
