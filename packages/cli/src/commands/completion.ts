import { Argument, Command } from 'commander'
import { candidates } from '../completion/candidates.js'
import { SCRIPTS } from '../completion/scripts.js'
import { withCommonOptions, withExamples } from '../options/common-options.js'
import { printOut } from '../output/print-out.js'

/** `udpng completion SHELL`: a script that completes commands and options. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .summary('print a completion script for your shell')
    .description('Prints a script that completes commands and options in your shell.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => printOut(SCRIPTS[shell]))
  withExamples(command, [
    ['source <(udpng completion bash)', 'in ~/.bashrc'],
    ['source <(udpng completion zsh)', 'in ~/.zshrc, after compinit'],
    ['udpng completion fish > ~/.config/fish/completions/udpng.fish', 'for fish'],
  ])
  return withCommonOptions(command)
}

/** `udpng complete -- WORDS`: prints the candidates, for the scripts. */
export function completeCommand(): Command {
  return new Command('complete')
    .argument('[words...]', 'what was typed, up to the cursor')
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      if (!command.parent) return
      const lines = candidates(command.parent, words).map(
        ({ value, meaning }) => `${value}\t${meaning}\n`,
      )
      await printOut(lines.join(''))
    })
}
