using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace W2S.Packages.Tests;

/// <summary>An assembly beside its XML documentation.</summary>
/// <remarks>
/// A member is explained by a summary of its own or of what it overrides or implements, by its type's documentation where it is a
/// parameter of a record or a value of an enumeration, and an option by its description, from which help takes it.
/// </remarks>
internal sealed partial class Documentation(Assembly assembly, XDocument xml)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly HashSet<string> _explained = [.. xml.Descendants("member").Select(member => NameOf(member.Attribute("name")!.Value[2..]))];

    /// <summary>The public types and members of which nothing is said.</summary>
    public IEnumerable<string> Missing() =>
        from type in assembly.GetExportedTypes()
        let name = NameOf(type.FullName!.Replace('+', '.'))
        from member in Members(type).Select(member => $"{name}.{member}").Prepend(name)
        where !_explained.Contains(member)
        select member;

    /// <summary>Without parameters and numbers of type parameters: W2S.Training.IBatches.Of from W2S.Training.IBatches`1.Of(…).</summary>
    private static string NameOf(string identifier) => Generic().Replace(identifier.Split('(')[0], "");

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum || type.IsSubclassOf(typeof(Delegate))) return [];
        var parameters = type.GetConstructors(Declared).SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.Name).ToHashSet();
        return from member in type.GetMembers(Declared)
               where member switch
               {
                   PropertyInfo property => IsNew(type, property.GetMethod) && !(IsRecord(type) && parameters.Contains(property.Name)),
                   FieldInfo field => field.IsPublic || field.IsFamily,
                   MethodInfo method => !method.IsSpecialName && IsNew(type, method),
                   _ => false,
               }
               where !member.IsDefined(typeof(CompilerGeneratedAttribute)) && !member.IsDefined(typeof(DescriptionAttribute))
               select member.Name;
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) != null;

    /// <summary>Whether users see the method, and it is neither an override nor what an interface asks for.</summary>
    private static bool IsNew(Type type, MethodInfo? method) =>
        method != null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && method.GetBaseDefinition() == method
        && !method.IsDefined(typeof(PreserveBaseOverridesAttribute))
        && (type.IsInterface || !type.GetInterfaces().Any(face => type.GetInterfaceMap(face).TargetMethods.Contains(method)));

    [GeneratedRegex("`+[0-9]+")]
    private static partial Regex Generic();
}
