using W2S.Bench;

if (args is not ["kernels", ..])
{
    Console.Error.WriteLine("usage: dotnet run --project bench/W2S.Bench/W2S.Bench.csproj -- kernels [avx512|avx2|scalar]");
    return 2;
}
KernelTable.Print(args.Length > 1 ? Enum.Parse<W2S.Training.InstructionSet>(args[1], ignoreCase: true) : W2S.Training.InstructionSets.Best);
return 0;
