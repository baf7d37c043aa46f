// An ordinary program with one peer in it: it counts the words that it is sent, and answers each datagram with
// the count of its word: [port], 1502 if not given. Ctrl-C ends it, and it tells all counts.

import { formatAddress, messages, PostboxPeer, UdpngError } from 'udpng'

const [port = '1502'] = process.argv.slice(2)
const counts = new Map<string, number>()

async function countWords(signal: AbortSignal): Promise<void> {
  const peer = new PostboxPeer({ localAddr: '127.0.0.1', localPort: Number(port) })
  const datagrams = messages(peer.outbox, { signal })
  const run = peer.run({ signal })
  peer.bound.then(
    (address) => console.error(`counting words on ${formatAddress(address)}`),
    () => {}, // run tells
  )
  const answer = async (): Promise<void> => {
    // Ends with the signal, or with the peer.
    for await (const [data, [host, port]] of datagrams) {
      const word = data.toString().trim()
      const count = (counts.get(word) ?? 0) + 1
      counts.set(word, count)
      peer.inbox.deliver([host, port, `${word} ${count}\n`])
    }
  }
  await Promise.all([run, answer()])
}

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
try {
  await countWords(stop.signal)
  console.log(Object.fromEntries(counts))
} catch (error) {
  if (!(error instanceof UdpngError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
