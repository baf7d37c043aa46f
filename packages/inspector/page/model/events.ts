import { ask } from './ask.js'

/** An event of the server. */
export interface ServerEvent {
  readonly event: string
  /** The parsed JSON. */
  readonly data: unknown
}

/**
 * The events of a route, until the server ends them. They are read with `fetch`, because `EventSource` can send no header, and so would need the
 * token in the address.
 *
 * @throws as `ask`
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html, of which the inspector uses `event` and `data`
 */
export async function* eventsOf(
  route: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const { body } = await ask(route, parameters, signal)
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {}
    if (done) return
    // What was searched before is not searched again, but for half of what ends an event.
    let from = Math.max(0, text.length - 1)
    text += value
    for (let end = text.indexOf('\n\n', from); end >= 0; end = text.indexOf('\n\n')) {
      const found = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end))
      text = text.slice(end + 2)
      from = 0
      if (found) yield { event: found[1] as string, data: JSON.parse(found[2] as string) }
    }
  }
}

/** Resolves after `ms` milliseconds, or when aborted. */
export function after(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
