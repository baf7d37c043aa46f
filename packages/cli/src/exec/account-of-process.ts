import { basename } from 'node:path'
import { formatAddress } from '@udpng/datagram'
import type { Report, SocketStats } from '@udpng/dgram'
import { grouped, plural } from '../options/quantities.js'
import { describe } from '../output/losses.js'

/** The account of a process: a line for the process, and a line for each of its sockets. */
export function accountOfProcess({ pid, thread, command, sockets, others }: Report): string[] {
  const [, script = 'node', ...args] = command
  const name = [basename(script), ...args].join(' ')
  const where = thread === 0 ? `process ${pid}` : `process ${pid}, worker thread ${thread}`
  const count = sockets.length + (others?.sockets ?? 0)
  return [
    `${name} (${where}): ${plural(count, 'socket')}`,
    ...sockets.map(
      (stats) => `  ${stats.local ? formatAddress(stats.local) : 'not bound'}: ${account(stats)}`,
    ),
    ...(others ? [`  ${plural(others.sockets, 'other socket')}: ${account(others.sum)}`] : []),
  ]
}

/** The number of datagrams that processes have recorded in a file. */
export function recorded(reports: readonly Report[], file: string): string {
  const sum = (key: 'written' | 'failed'): number =>
    reports.reduce((all, { record }) => all + (record?.[key] ?? 0), 0)
  const [written, failed] = [sum('written'), sum('failed')]
  return `${plural(written, 'datagram')} recorded in ${file}${failed > 0 ? `, ${grouped(failed)} not recorded` : ''}`
}

function account(stats: SocketStats): string {
  const {
    impairment,
    received,
    receivedBytes,
    sent,
    sentBytes,
    failed,
    unsent,
    unread,
    refused,
    kernelDrops,
  } = stats
  const counts = Object.entries({ ...failed, unsent, unread })
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => ({ reason, count }))
  const losses = describe({
    counts,
    waiting: 0,
    kernelDrops: kernelDrops ?? { atLeast: 0, atMost: 0, about: 0 },
    refused,
    complete: kernelDrops !== undefined,
  })
  const onTheWay = impairment ? lostOnTheWay(impairment) : ''
  return `${grouped(received)} received (${plural(receivedBytes, 'byte')}), ${grouped(sent)} sent (${plural(sentBytes, 'byte')}), ${losses}${onTheWay}`
}

/** The datagrams that the simulated network has lost in each direction. */
function lostOnTheWay({ sent, received }: NonNullable<SocketStats['impairment']>): string {
  const [out, back] = [sent, received].map(({ lost }) =>
    Object.values(lost).reduce((sum, count) => sum + count, 0),
  )
  return `; lost by --impair: ${grouped(out ?? 0)} sent, ${grouped(back ?? 0)} on arrival`
}
