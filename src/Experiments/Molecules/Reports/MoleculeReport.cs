namespace W2S.Experiments;

/// <summary>report.html of a molecular study: the protocol, and for each data set its figure and tables.</summary>
internal static class MoleculeReport
{
    internal static string Write(MoleculeStudyResult study, ReportContext context)
    {
        var options = study.Options;
        return HtmlPage.Write($"Weak-to-strong generalisation: {string.Join(", ", study.Sets.Select(set => set.Title))}", $"""
            <h1>{Html.Escape(options.Title)}</h1>
            <p>{study.Sets.Sum(set => set.Results.Count)} pairs of a weak model and a split. Work of all together: {NumberText.Duration(study.Sets.Sum(set => set.Seconds))}.{HtmlPage.Finished(context)}</p>
            {Html.List(MoleculeStudyText.Lines(options))}{Html.Alarms(MoleculeStudyText.Notes(study))}<h3>How to read it</h3>
            <p>A weak model, a linear head on a small frozen transformer, labels molecules for a head on a strong one: <em>gain</em> is how much smaller the student's error is
            than the weak model's, and <em>misfit</em> is how far the student's predictions are from the weak model's. The paper (Charikar, Pabbaraju and Shiragur, arXiv 2405.15116)
            bounds the student's error by weak error − misfit where a head on the strong model could represent the truth: gain is at least misfit then. Here none can, so dots may lie below y = x.
            Its heuristic takes the weak model with the least weak error − misfit. PGR, the performance gap recovered, is gain / (weak error − ceiling), of the means over splits;
            ± is the standard deviation over splits (n − 1).</p>
            {string.Concat(study.Sets.Select(set => Section(set, options)))}<section>
            <h2>Encoders</h2>
            {Html.Table(Encoders(study), 3)}{Html.Folded("Resolved configuration", Html.Code(ConfigurationWriter.Write(options)))}</section>

            """, context);
    }

    private static string Section(MoleculeSetResult set, MoleculeStudyOptions options) => $"""
        <section id="{Html.Escape(set.Data)}">
        <h2>{Html.Escape(set.Title)}</h2>
        <p>{string.Join(" / ", set.Molecules)} molecules to train, validate and test; labels in {Html.Escape(set.Unit)}. {Html.Escape(string.Join(" ", MoleculeTables.GainInWords(set, options.Expectation)))}</p>
        {Html.Figure(ScatterPlot.Draw(MoleculeFigures.Of(set, options.MeasuredOn)))}<h3>Which weak model to take</h3>
        {Html.Table(MoleculeTables.Choice(set))}<p>{Html.Escape(string.Join(" ", MoleculeTables.ChoiceInWords(set)))}</p>
        <h3>Means over splits</h3>
        {Html.Table(MoleculeTables.Means(set))}{Html.Folded("Every split", Html.Table(MoleculeTables.Splits(set)))}{Html.Folded("MSE, RMSE, MAE and R² on the valid and the test part, means over splits", Html.Table(MoleculeTables.Parts(set), 3))}</section>

        """;

    private static TextTable Encoders(MoleculeStudyResult study) => new(
        ["role", "name", "what it is", "width", "weights"],
        [.. study.Encoders.Select(encoder => (string[])[encoder.Role, encoder.Name, encoder.Description, $"{encoder.Width}", encoder.Digest[..Math.Min(16, encoder.Digest.Length)]])]);
}
