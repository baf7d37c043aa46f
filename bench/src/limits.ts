import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Contender } from './compare.js'
import { compile } from './compile.js'
import type { Load } from './load.js'
import type { Numbers } from './worker.js'

const MODES = [
  ['C, one at a time', 'single'],
  ['C, 64 at a time', 'batch'],
  ['C, 64 at a time, GSO and GRO', 'offload'],
] as const

/** A program in C with the same load; none where there is no C compiler. */
export function limitsOf({ sizes: [size = 0] }: Load, turnMs: number): Contender[] {
  const path = compile('limit')
  if (!path) return []
  return MODES.map(([name, mode]) => ({
    name,
    open: async () => ({ measure: () => turn(path, mode, size, turnMs), close() {} }),
  }))
}

async function turn(path: string, mode: string, size: number, turnMs: number): Promise<Numbers> {
  const receiver = spawn(path, ['receive', mode])
  const [port = 0] = await line(receiver)
  const sender = spawn(path, ['send', mode, port, size, turnMs].map(String))
  const [sent = 0, sendingCpu = 0] = await line(sender)
  await delay(30)
  receiver.kill('SIGTERM')
  const [count = 0, seconds = 0, receivingCpu = 0] = await line(receiver)
  return {
    deliveredPerSecond: count / seconds,
    sentPerSecond: (sent / turnMs) * 1000,
    senderCpuSecondsPerMillion: (sendingCpu / sent) * 1e6,
    receiverCpuSecondsPerMillion: (receivingCpu / count) * 1e6,
    lossPercent: 100 * (1 - count / sent),
    unaccounted: Number.NaN,
  }
}

/** The numbers in what it writes next. */
function line(child: ChildProcess): Promise<number[]> {
  return new Promise((resolve) =>
    child.stdout?.once('data', (text) => resolve(String(text).trim().split(' ').map(Number))),
  )
}
