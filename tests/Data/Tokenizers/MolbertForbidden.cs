using System.Buffers;

namespace W2S.Data.Tests;

/// <summary>The 105 element symbols that MolBERT forbids: all of its 118 elements but the 13 of its vocabulary.</summary>
internal static class MolbertForbidden
{
    private const string Elements =
        "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe " +
        "Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr " +
        "Rf Db Sg Bh Hs Mt Ds Rg Uub Uut Uuq Uup Uuh Uus Uuo";

    public static readonly string[] Symbols = [.. Elements.Split(' ').Except("H B C N O F Si P S Cl Se Br I".Split(' '))];

    public static readonly SearchValues<string> Search = SearchValues.Create(Symbols, StringComparison.Ordinal);
}
