import { type Address, kindOfHost } from '@udpng/basic-peer'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isAny } from '../endpoint.js'
import { positiveNumber } from '../quantities.js'
import { showAddress } from '../show-address.js'
import { AllowList } from './allow-list.js'
import type { GuardOptions } from './guard.js'

/** The options of commands that serve clients. */
export interface GuardArguments {
  readonly allow?: AllowList
  readonly rate?: number
  readonly ratePerClient?: number
}

/**
 * Adds the options that say which clients a command serves, and how fast.
 *
 * @param defaultRatePerClient - datagrams a second of a host, as the help shows it
 */
export function withGuardOptions(command: Command, defaultRatePerClient: string): Command {
  return command
    .addOption(
      new Option(
        '--allow <network>',
        'serve only this network, as 10.0.0.0/8, or address; may be given several times (default: every client)',
      ).argParser(networks),
    )
    .addOption(
      new Option('--rate <n>', 'at most n datagrams a second in all (default: no limit)').argParser(
        positiveNumber,
      ),
    )
    .addOption(
      new Option(
        '--rate-per-client <n>',
        `at most n datagrams a second of each host (default: ${defaultRatePerClient})`,
      ).argParser(positiveNumber),
    )
}

function networks(text: string, before?: AllowList): AllowList {
  try {
    return new AllowList([...(before?.entries ?? []), text])
  } catch (error) {
    throw new InvalidArgumentError((error as RangeError).message)
  }
}

/**
 * The options of a Guard.
 *
 * @param defaultRatePerClient - for hosts other than this machine; a rate that was given is for all
 */
export function guardOptions(
  { allow, rate, ratePerClient }: GuardArguments,
  defaultRatePerClient: number = Infinity,
): GuardOptions {
  return {
    allow,
    rate,
    ratePerClient: ratePerClient ?? defaultRatePerClient,
    limitsOwn: ratePerClient !== undefined,
  }
}

/** `who can reach this: everyone who can reach :1500; --allow limits it` */
export function reach([host, port]: Address, allow: AllowList | undefined): string {
  const local = host === '::1' || (kindOfHost(host) === 4 && host.startsWith('127.'))
  const who = allow
    ? allow.entries.join(', ')
    : local
      ? 'programs on this machine'
      : `everyone who can reach ${isAny(host) ? `:${port}` : showAddress([host, port])}; --allow limits it`
  return `who can reach this: ${who}`
}
