import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

/** What the numbers depend on. Nothing that identifies the machine's owner. */
export interface Machine {
  readonly node: string
  readonly v8: string
  readonly libuv: string
  readonly system: string
  readonly architecture: string
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  /** How busy others kept it, as the system counts: processes that ran or wanted to, over the last minute. */
  readonly loadBefore: number
}

export function machine(): Machine {
  const { node, v8, uv } = process.versions
  return {
    node,
    v8,
    libuv: uv,
    system: `${type()} ${release().split('.', 2).join('.')}`,
    architecture: process.arch,
    processor: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  }
}
