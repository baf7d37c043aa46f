const onTerminal = process.stdin.isTTY && process.stdout.isTTY

export const PROMPT = '>>> '

/** The prefix of each output line: on a terminal it clears the prompt. */
export const OVER_PROMPT: string = onTerminal ? '\r\x1b[K' : ''

/** Shows the prompt again, on a terminal. */
export function promptAgain(): void {
  if (onTerminal) process.stdout.write(OVER_PROMPT + PROMPT)
}

/** Starts a new line after ^C, on a terminal, so that the prompt of the shell gets a line of its own. */
export function newLine(): void {
  if (onTerminal) process.stdout.write('\n')
}
