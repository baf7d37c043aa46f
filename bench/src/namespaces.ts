import { execFileSync, spawnSync } from 'node:child_process'
import type { Worker } from './worker.js'

/** Starts a process in a network namespace of its own, which ends with it. */
export const IN_NAMESPACE: readonly string[] = ['unshare', '--net']
const SENDER_HOST = '10.77.0.1'
export const RECEIVER_HOST = '10.77.0.2'

/** Whether this machine allows that: it takes Linux, root, and the commands of util-linux and iproute2. */
export function canSeparate(): boolean {
  const works = (command: string, ...words: string[]): boolean =>
    spawnSync(command, words, { stdio: 'ignore' }).status === 0
  return works('unshare', '--net', 'ip', 'link') && works('nsenter', '--version')
}

/** Links the namespaces of two processes by a pair of veth devices. */
export function join(sender: Worker, receiver: Worker): void {
  const ip = ({ pid }: Worker, words: string): void => {
    execFileSync('nsenter', ['--target', String(pid), '--net', 'ip', ...words.split(' ')])
  }
  ip(sender, `link add veth0 type veth peer name veth0 netns ${receiver.pid}`)
  for (const [end, host] of [
    [sender, SENDER_HOST],
    [receiver, RECEIVER_HOST],
  ] as const) {
    ip(end, `address add ${host}/24 dev veth0`)
    ip(end, 'link set veth0 up')
  }
}
