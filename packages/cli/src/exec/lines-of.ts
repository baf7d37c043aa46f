/** Maximum number of characters of a line. */
const MAX_LENGTH = 1_048_576

/**
 * Reads the lines of a stream of text.
 *
 * @throws if a line is too long
 */
export async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LENGTH) throw new Error(`a line is longer than ${MAX_LENGTH} characters`)
    yield* lines
  }
}
