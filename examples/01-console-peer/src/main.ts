// Sends each line that you type as one datagram, and prints every received datagram with its sender.
// Arguments: [--to HOST:PORT] [--local HOST:PORT]. Without --to it sends to an echo server of its own.

import {
  ConsoleEchoer,
  ConsoleReader,
  formatAddress,
  messages,
  Pipeline,
  Scheduler,
  SimplePeer,
  UdpngError,
} from 'udpng'
import { readArguments } from './arguments.js'
import { startEchoServer } from './echo-server.js'
import { freePort } from './free-port.js'
import { newLine, OVER_PROMPT, PROMPT, promptAgain } from './terminal.js'

const HERE = '127.0.0.1'

const stop = new AbortController()
const { signal } = stop
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => {
  newLine()
  stop.abort()
})

async function main(): Promise<void> {
  const { to, local } = readArguments()
  const [receiverAddr, receiverPort] =
    to ?? (await startEchoServer(HERE, await freePort(HERE, 1500), signal))
  const [localAddr, localPort] = local ?? (to ? [undefined, 0] : [HERE, await freePort(HERE, 1501)])

  const reader = new ConsoleReader({ prompt: PROMPT })
  const peer = new SimplePeer({
    ...(localAddr && { localAddr }),
    localPort,
    ...(receiverAddr && { receiverAddr }),
    receiverPort,
    // Replies may still arrive after the last line. Their number is known only for our own echo server.
    onProducerFinished: 'drain',
    lingerMs: 1000,
  })
  const echoer = new ConsoleEchoer({ tag: OVER_PROMPT, forwarder: true })
  const scheduler = new Scheduler()
  scheduler.activate(new Pipeline(reader, peer, echoer))

  const sayHello = async (): Promise<void> => {
    const here = formatAddress(await peer.bound)
    const there =
      formatAddress([receiverAddr ?? HERE, receiverPort]) + (to ? '' : ' (an echo server)')
    console.error(
      `${OVER_PROMPT}sending to ${there}, listening on ${here}; type a line, Ctrl-D or Ctrl-C quits`,
    )
    promptAgain()
  }
  const leaveWhenAnswered = (): void => {
    if (!to && reader.ended && echoer.outbox.sent >= reader.outbox.sent) stop.abort()
  }
  const awaitReplies = async (): Promise<void> => {
    for await (const _ of messages(echoer.outbox)) {
      if (!reader.ended) promptAgain()
      leaveWhenAnswered()
    }
  }
  const reportErrors = async (): Promise<void> => {
    for await (const error of messages(peer.errors)) {
      console.error(OVER_PROMPT + error.message)
      if (error.code !== 'LOOKUP_FAILED') continue
      process.exitCode = 1
      return stop.abort()
    }
  }
  scheduler.observe(leaveWhenAnswered)
  await Promise.all([scheduler.run({ signal }), sayHello(), awaitReplies(), reportErrors()])
  const lines = reader.outbox.sent
  const lost = lines - echoer.outbox.sent
  if (!to && lost > 0 && process.stdout.writable)
    console.error(
      `${lost} of ${lines} lines did not come back: the receive buffer of a socket does not hold that many at once`,
    )
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UdpngError)) throw error
  // NOT_BOUND: it was interrupted before the socket was bound.
  if (error.code !== 'NOT_BOUND') {
    console.error(error.message)
    process.exitCode = error.code === 'BAD_OPTION' ? 2 : 1
  }
} finally {
  stop.abort()
}
