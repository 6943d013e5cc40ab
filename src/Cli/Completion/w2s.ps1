# Completion of W2S for PowerShell: dot-source this file in $PROFILE.
Register-ArgumentCompleter -Native -CommandName 'run.sh', './run.sh', 'W2S' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $program = $commandAst.CommandElements[0]
    $start = $program.Extent.EndOffset + 1
    # The cursor may stand behind blanks that are no part of the command.
    $line = $commandAst.Extent.Text.PadRight($cursorPosition - $commandAst.Extent.StartOffset)
    $rest = $line.Substring([Math]::Min($line.Length, $start - $commandAst.Extent.StartOffset))
    & $program.Value "[complete:$($rest.Length)]" $rest 2>$null | ForEach-Object {
        $label, $detail = $_ -split "`t", 2
        [System.Management.Automation.CompletionResult]::new($label, $label, 'ParameterValue', $(if ($detail) { $detail } else { $label }))
    }
}
