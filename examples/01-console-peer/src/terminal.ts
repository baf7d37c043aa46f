const onTerminal = process.stdin.isTTY && process.stdout.isTTY

export const PROMPT = '>>> '

/** Before what is shown: on a terminal it takes the line of the prompt. */
export const OVER_PROMPT: string = onTerminal ? '\r\x1b[K' : ''

/** On a terminal, the prompt again. */
export function promptAgain(): void {
  if (onTerminal) process.stdout.write(OVER_PROMPT + PROMPT)
}

/** After ^C, so that the shell's own prompt has its line. */
export function newLine(): void {
  if (onTerminal) process.stdout.write('\n')
}
