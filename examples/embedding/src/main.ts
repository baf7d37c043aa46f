// An ordinary program that uses one peer. It counts the words that it receives, and replies to each datagram with
// the count of its word. Argument: [port], default 1502. On Ctrl-C it prints all counts and quits.

import { formatAddress, messages, PostboxPeer, runUntilInterrupted, UdpngError } from 'udpng'

const [port = '1502'] = process.argv.slice(2)
const counts = new Map<string, number>()

async function countWords(): Promise<void> {
  const peer = new PostboxPeer({
    localAddr: '127.0.0.1',
    localPort: Number(port),
    onProducerFinished: 'drain', // so that an interrupt ends it
  })
  const datagrams = messages(peer.outbox)
  const run = runUntilInterrupted(peer)
  peer.bound.then(
    (address) => console.error(`counting words on ${formatAddress(address)}`),
    () => {}, // the run rejects, too
  )
  const answer = async (): Promise<void> => {
    // Ends with the peer.
    for await (const [data, [host, port]] of datagrams) {
      const word = data.toString().trim()
      const count = (counts.get(word) ?? 0) + 1
      counts.set(word, count)
      peer.inbox.deliver([host, port, `${word} ${count}\n`])
    }
  }
  await Promise.all([run, answer()])
}

try {
  await countWords()
  console.log(Object.fromEntries(counts))
} catch (error) {
  if (!(error instanceof UdpngError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
