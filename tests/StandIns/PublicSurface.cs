using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace W2S.StandIns.Tests;

/// <summary>
/// Writes an assembly's public surface, one line a member, in the format of the listings of the genuine packages
/// (`../shared/api/*.txt`): `Type.Member(parameters) KIND modifiers -> return`. Nullability marks are left out.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(int)] = "int",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object",
    };

    internal static IEnumerable<string> Of(Assembly assembly) => assembly.GetExportedTypes().SelectMany(Lines);

    private static IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        yield return $"{name} T public {Kind(type)}{Bases(type)}{Constraints(type.GetGenericArguments())}";
        foreach (var field in type.GetFields(Declared).Where(field => (field.IsPublic || Inheritable(field.IsFamily || field.IsFamilyOrAssembly, type)) && !field.IsSpecialName))
            yield return type.IsEnum
                ? $"{name}.{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
                : $"{name}.{field.Name} F {(field.IsPublic ? "public" : "protected")}{(field.IsStatic ? " static" : "")}{(field.IsInitOnly ? " readonly" : "")} : {Name(field.FieldType)}{TupleNames(field)}";
        foreach (var constructor in type.GetConstructors(Declared).Where(constructor => !constructor.IsStatic && Visible(constructor, type)))
            yield return $"{name}..ctor{Parameters(constructor)} C {Access(constructor)}";
        foreach (var property in type.GetProperties(Declared).Where(property => Visible(property.GetMethod, type) || Visible(property.SetMethod, type)))
            yield return Property(name, type, property);
        foreach (var method in type.GetMethods(Declared).Where(method => Visible(method, type) && method.Name != "Finalize" && (!method.IsSpecialName || method.Name.StartsWith("op_"))))
            yield return $"{name}.{method.Name}{Generics(method)}{Parameters(method)} M {Modifiers(method)} -> {Name(method.ReturnType)}{TupleNames(method.ReturnParameter)}{Constraints(method.GetGenericArguments())}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        if (type.IsEnum) return " : " + Name(Enum.GetUnderlyingType(type));
        var bases = type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType ? new List<string> { Name(parent) } : [];
        bases.AddRange(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Select(Name).Order(StringComparer.Ordinal));
        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
    }

    private static string Property(string owner, Type type, PropertyInfo property)
    {
        var (getter, setter) = (property.GetMethod, property.SetMethod);
        var accessor = Visible(getter, type) ? getter! : setter!;
        var index = property.GetIndexParameters();
        var name = index.Length > 0 ? $"this[{string.Join(", ", index.Select(parameter => Parameter(parameter, false)))}]" : property.Name;
        var set = !Visible(setter, type) ? "" : setter!.IsPublic || !accessor.IsPublic ? " set;" : " protected set;";
        return $"{owner}.{name} P {Modifiers(accessor)} {{{(Visible(getter, type) ? " get;" : "")}{set} }} : {Name(property.PropertyType)}{TupleNames(property)}";
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying);
        var arguments = type.GetGenericArguments();
        if (type.FullName?.StartsWith("System.ValueTuple`") == true && !type.IsGenericTypeDefinition) return $"({string.Join(", ", arguments.Select(Name))})";
        var chain = new List<string>();
        var used = 0;
        foreach (var part in Nesting(type).Reverse())
        {
            var tick = part.Name.IndexOf('`');
            if (tick < 0)
            {
                chain.Add(part.Name);
                continue;
            }
            var count = int.Parse(part.Name[(tick + 1)..], CultureInfo.InvariantCulture);
            chain.Add($"{part.Name[..tick]}<{string.Join(", ", arguments.Skip(used).Take(count).Select(Name))}>");
            used += count;
        }
        return $"{type.Namespace}.{string.Join(".", chain)}";
    }

    private static IEnumerable<Type> Nesting(Type type)
    {
        for (Type? part = type; part != null; part = part.DeclaringType) yield return part;
    }

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute), false);
        return $"({string.Join(", ", method.GetParameters().Select((parameter, i) => Parameter(parameter, extension && i == 0)))})";
    }

    private static string Parameter(ParameterInfo parameter, bool extension)
    {
        var modifier = extension ? "this " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        if (parameter.ParameterType.IsByRef) modifier += parameter.IsOut ? "out " : "ref ";
        var value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue, parameter.ParameterType)}" : "";
        return $"{modifier}{Name(parameter.ParameterType)}{TupleNames(parameter)} {parameter.Name}{value}";
    }

    private static string Literal(object? value, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null) return plain.IsValueType && plain == type ? "default" : "null";
        if (plain.IsEnum) return $"{Name(plain)}.{Enum.GetName(plain, Enum.ToObject(plain, value))}";
        return value switch
        {
            bool truth => truth ? "true" : "false",
            string text => $"\"{text}\"",
            char letter => $"'{letter}'",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string TupleNames(ICustomAttributeProvider provider) =>
        provider.GetCustomAttributes(false).OfType<TupleElementNamesAttribute>().FirstOrDefault() is { } names
            ? $" /*({string.Join(",", names.TransformNames.Select(name => name ?? "_"))})*/"
            : "";

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Constraints(Type[] arguments)
    {
        var lines = "";
        foreach (var argument in arguments.Where(argument => argument.IsGenericParameter))
        {
            var attributes = argument.GenericParameterAttributes;
            var constraints = new List<string>();
            if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) constraints.Add("class");
            if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) constraints.Add("struct");
            constraints.AddRange(argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Name));
            if (constraints.Count > 0) lines += $" where {argument.Name} : {string.Join(", ", constraints)}";
        }
        return lines;
    }

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static bool Visible(MethodBase? method, Type type) => method != null && (method.IsPublic || Inheritable(method.IsFamily || method.IsFamilyOrAssembly, type));

    private static bool Inheritable(bool isProtected, Type type) => isProtected && !type.IsSealed;

    private static string Modifiers(MethodInfo method)
    {
        var text = Access(method) + (method.IsStatic ? " static" : "");
        if (method.DeclaringType!.IsInterface) return text;
        if (method.IsAbstract) return text + " abstract";
        if (method.IsVirtual && method.GetBaseDefinition() != method) return text + (method.IsFinal ? " sealed" : "") + " override";
        return method.IsVirtual && !method.IsFinal ? text + " virtual" : text;
    }
}
