using System.Globalization;
using System.Text.Json;
using TorchSharp;
using TorchSharpPeer;

const string usage = """
    One round of plain TorchSharp in W2S's benchmark, on one thread, as JSON: seconds of processor time by name, and the
    losses of the first steps from given weights on given samples, by which the benchmark sees that all compute the same.

      TorchSharpPeer steps FOLDER REPETITIONS    steps of MLPs and heads; FOLDER/steps.json has what the losses are of
      TorchSharpPeer encoder FOLDER SECONDS      masked-token steps and pooled features; FOLDER as bench/peers/encoder.py has it
    """;

torch.set_num_threads(1);
var times = args switch
{
    ["steps", var folder, var repetitions] => MlpTimes.Measure(folder, int.Parse(repetitions, CultureInfo.InvariantCulture)),
    ["encoder", var folder, var seconds] => EncoderTimes.Measure(folder, double.Parse(seconds, CultureInfo.InvariantCulture)),
    _ => null,
};
if (times == null)
{
    Console.Error.WriteLine(usage);
    return 2;
}
Console.WriteLine(JsonSerializer.Serialize(
    new
    {
        made_with = $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}",
        seconds = times.Seconds, losses = times.Losses,
    }));
return 0;
