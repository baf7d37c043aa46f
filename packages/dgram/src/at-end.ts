import { type Channel, channel } from 'node:diagnostics_channel'
import { threadId } from 'node:worker_threads'

/** Publishes the end of this process or worker thread. */
const ending: Channel = /* @__PURE__ */ channel('udpng.dgram.ending')

/** Signals that end a process without the event `exit`, unless the program handles them. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls a function at the end of this process or worker thread, also if a signal ends it that the program does not handle. It is not
 * called if the end cannot be handled: after SIGKILL, `process.abort()` or `worker.terminate()`.
 */
export function atEnd(callback: () => void): void {
  const isFirst = !ending.hasSubscribers
  ending.subscribe(callback)
  // One listener for all: it has to know whether the program has one, too.
  if (isFirst) listen()
}

function listen(): void {
  const end = (): void => ending.publish({})
  process.on('exit', end)
  if (threadId !== 0) return
  for (const signal of SIGNALS) {
    const onSignal = (): void => {
      if (process.listenerCount(signal) > 1) return
      process.off('exit', end)
      end()
      process.off(signal, onSignal)
      process.kill(process.pid, signal)
    }
    process.on(signal, onSignal)
  }
}
