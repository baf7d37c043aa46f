import { subscribe } from 'node:diagnostics_channel'
import { atEnd } from './at-end.js'
import { arriving, type Bound, bound } from './bound-channel.js'
import { CaptureWriter } from './capture-writer.js'
import { HandleRecorder } from './handle-recorder.js'
import { type Reporting, reporting } from './reporting-channel.js'
import { wallClock } from './wall-clock.js'

/** Appends each datagram that a socket sends or receives from now on to a capture file. */
export function recordTo(path: string): void {
  const writer = new CaptureWriter(path, (why) =>
    console.error(`udpng: process ${process.pid} cannot record all datagrams in ${path}: ${why}`),
  )
  const recorder = { now: wallClock(), add: writer.add.bind(writer) }
  const recorders = new WeakMap<object, HandleRecorder>()
  subscribe(bound.name, (message) => {
    const { handle, local } = message as Bound
    writer.open()
    const of = new HandleRecorder(handle, local, recorder)
    recorders.set(handle, of)
    of.recordSent()
  })
  subscribe(arriving.name, (message) => recorders.get((message as Bound).handle)?.recordReceived())
  subscribe(reporting.name, (message) => {
    writer.flush()
    ;(message as Reporting).record = writer.stats
  })
  atEnd(() => writer.flush())
}
