using System.Reflection;
using System.Text.RegularExpressions;
using TorchSharp;

namespace W2S.Models.Tests;

/// <summary>
/// Which of TorchSharp's methods make a <see cref="Scalar"/> that nobody holds while the native call reads it: found by reading the
/// calls in the library's own code.
/// </summary>
internal static partial class TemporaryScalars
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
    private static readonly Assembly Library = typeof(torch).Assembly;

    /// <summary>Documentation IDs of the public ones, and of the conversions from numbers.</summary>
    public static IReadOnlyList<string> Banned()
    {
        var conversions = typeof(Scalar).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.Name == "op_Implicit").ToList();
        var methods = typeof(ScalarExtensionMethods).GetMethods().Where(method => method.Name == nameof(ScalarExtensionMethods.ToScalar));
        var makers = conversions.Concat<MethodBase>(methods).ToHashSet();
        var calls = Library.GetTypes().SelectMany(type => type.GetMembers(Everything)).OfType<MethodBase>()
            .ToDictionary(method => method, Calls);
        var found = new HashSet<MethodBase>();
        var before = -1;
        while (found.Count > before)
        {
            before = found.Count;
            foreach (var (method, called) in calls)
                if (!makers.Contains(method) && called.Any(one => makers.Contains(one) || found.Contains(one))) found.Add(method);
        }
        return [.. conversions.Concat(found).Where(IsForUsers).Select(Id).Distinct().Order(StringComparer.Ordinal)];
    }

    // Distributions and tensorboard are left out: W2S has no use for them, and they are two thirds of the list.
    private static bool IsForUsers(MethodBase method) =>
        method.IsPublic && IsVisible(method.DeclaringType!) && !AwayFromTraining().IsMatch(method.DeclaringType!.FullName!);

    private static bool IsVisible(Type type) => type.IsNested ? type.IsNestedPublic && IsVisible(type.DeclaringType!) : type.IsPublic;

    [GeneratedRegex(
        @"istributions|tensorboard|SummaryWriter|Utils\.|\+jit|Modules\.(Bernoulli|Beta|Binomial|Categorical|Cauchy|Chi2|Dirichlet|Exp|"
        + "Fisher|Gamma|Geometric|Gumbel|HalfC|HalfN|Kumar|Laplace|Log|Multi|Negat|Normal|OneHot|Pareto|Poisson|Relaxed|Transf|Uniform|"
        + "Weibull)")]
    private static partial Regex AwayFromTraining();

    /// <summary>The methods that a method calls, as far as its code names them.</summary>
    private static HashSet<MethodBase> Calls(MethodBase method)
    {
        const byte call = 0x28, callVirtual = 0x6f;
        var called = new HashSet<MethodBase>();
        var code = Code(method);
        // Operands are looked at as if they were instructions too; what is no method's token does not resolve.
        for (var at = 0; at + 5 <= code.Length; at++)
            if (code[at] is call or callVirtual && Resolve(method, BitConverter.ToInt32(code, at + 1)) is { } other) called.Add(other);
        return called;
    }

    private static byte[] Code(MethodBase method)
    {
        try
        {
            return method.GetMethodBody()?.GetILAsByteArray() ?? [];
        }
        catch (Exception error) when (error is InvalidOperationException or NotSupportedException or FileNotFoundException)
        {
            return []; // abstract, native, or with locals of a library that is not here
        }
    }

    private static MethodBase? Resolve(MethodBase from, int token)
    {
        const int definition = 0x06, reference = 0x0a, instantiation = 0x2b;
        if ((token >> 24) is not (definition or reference or instantiation)) return null;
        try
        {
            return Library.ManifestModule.ResolveMethod(
                token, from.DeclaringType!.IsGenericType ? from.DeclaringType.GetGenericArguments() : null,
                from.IsGenericMethod ? from.GetGenericArguments() : null);
        }
        catch (Exception error) when (
            error is ArgumentException or FileNotFoundException or MissingMethodException or BadImageFormatException or TypeLoadException)
        {
            return null;
        }
    }

    /// <summary>As in XML documentation: "M:TorchSharp.torch.Tensor.square".</summary>
    private static string Id(MethodBase method)
    {
        var parameters = method.GetParameters();
        var name = $"{Name(method.DeclaringType!)}.{method.Name.Replace('.', '#')}";
        var types = string.Join(',', parameters.Select(parameter => Name(parameter.ParameterType)));
        var result = method.Name == "op_Implicit" ? "~" + Name(((MethodInfo)method).ReturnType) : "";
        return $"M:{name}{(parameters.Length == 0 ? "" : $"({types})")}{result}";
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!) + "@";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return type.FullName!.Replace('+', '.');
        var name = type.GetGenericTypeDefinition().FullName!.Split('`')[0].Replace('+', '.');
        return $"{name}{{{string.Join(',', type.GetGenericArguments().Select(Name))}}}";
    }
}
