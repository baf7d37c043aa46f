// Ends worker threads that have peers open and datagrams under way, and reports how many sockets that leaves.

import { readdirSync, readlinkSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { TransportChoice } from '@udpng/basic-peer'
import { Scheduler } from '@udpng/core'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'

interface Task {
  readonly transport: TransportChoice
  readonly how: 'terminate' | 'exit' | 'throw'
}

async function work({ transport, how }: Task): Promise<void> {
  const scheduler = new Scheduler()
  const receiver = scheduler.activate(new UDPReceiver({ transport, localAddr: '127.0.0.1' }))
  void scheduler.run()
  const [receiverAddr, receiverPort] = await receiver.bound
  const to = { transport, receiverAddr, receiverPort }
  const peers = [new SimplePeer(to), new TargettedPeer(to), new UDPSender(to)]
  const postbox = scheduler.activate(new PostboxPeer({ transport }))
  for (const peer of peers) scheduler.activate(peer)
  await Promise.all([...peers, postbox].map(({ bound }) => bound))
  setInterval(() => {
    for (const peer of peers) for (let i = 0; i < 300; i++) peer.inbox.deliver(`${i}`)
    for (let i = 0; i < 300; i++) postbox.inbox.deliver([receiverAddr, receiverPort, `${i}`])
  }, 1)
  setTimeout(() => {
    if (how === 'exit') process.exit(0)
    if (how === 'throw') throw new Error('on purpose')
    parentPort?.postMessage('under way')
  }, 20)
}

function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length
}

async function end(task: Task): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task })
  worker.on('error', () => {})
  const ended = new Promise((resolve) => worker.on('exit', resolve))
  worker.on('message', () => void worker.terminate())
  await ended
}

if (isMainThread) {
  const transport = process.argv[2] as TransportChoice
  const before = sockets()
  for (let i = 0; i < 4; i++)
    await Promise.all(
      (['terminate', 'exit', 'throw'] as const).map((how) => end({ transport, how })),
    )
  console.log(JSON.stringify({ before, after: sockets() }))
} else await work(workerData as Task)
