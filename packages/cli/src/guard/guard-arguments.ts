import { type Address, formatAddress, parseIp, reachOf } from '@udpng/datagram'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isAny } from '../options/endpoint.js'
import { grouped, positiveNumber } from '../options/quantities.js'
import { AllowList } from './allow-list.js'
import type { GuardOptions } from './guard.js'

/** The options of commands that serve clients. */
export interface GuardArguments {
  readonly allow?: AllowList
  readonly rate?: number
  readonly ratePerHost?: number
}

/** Default rates, datagrams per second: they limit hosts other than this machine. */
export interface DefaultRates {
  readonly rate: number
  readonly ratePerHost: number
}

const UNLIMITED: DefaultRates = { rate: Infinity, ratePerHost: Infinity }

/**
 * Adds the options for the allow-list and the rates of a command.
 *
 * @param defaults - the defaults that the help shows
 */
export function withGuardOptions(command: Command, defaults: DefaultRates = UNLIMITED): Command {
  return command
    .addOption(
      new Option(
        '--allow <network>',
        'serve only clients of this network (10.0.0.0/8) or address; may be given several times (default: every client)',
      ).argParser(networks),
    )
    .addOption(
      new Option(
        '--rate <n>',
        `at most n datagrams a second in total (default: ${shown(defaults.rate)})`,
      ).argParser(positiveNumber),
    )
    .addOption(
      new Option(
        '--rate-per-host <n>',
        `at most n datagrams a second of each host, or IPv6 /64 network (default: ${shown(defaults.ratePerHost)})`,
      ).argParser(positiveNumber),
    )
}

function shown(rate: number): string {
  return rate === Infinity ? 'no limit' : `${grouped(rate)}; no limit for this machine`
}

function networks(text: string, before?: AllowList): AllowList {
  try {
    return new AllowList([...(before?.entries ?? []), text])
  } catch (error) {
    throw new InvalidArgumentError((error as RangeError).message)
  }
}

/**
 * Returns the options of a Guard.
 *
 * @param defaults - the rates for hosts other than this machine; a rate that was given applies to all
 */
export function guardOptions(
  { allow, rate, ratePerHost }: GuardArguments,
  defaults: DefaultRates = UNLIMITED,
): GuardOptions {
  return {
    allow,
    rate: rate ?? defaults.rate,
    rateLimitsOwn: rate !== undefined,
    ratePerHost: ratePerHost ?? defaults.ratePerHost,
    limitsOwn: ratePerHost !== undefined,
  }
}

/** `reachable by: every host that can reach :1500; --allow limits it` */
export function reach([host, port]: Address, allow: AllowList | undefined): string {
  const ip = parseIp(host)
  const local = ip !== undefined && reachOf(ip) === 'loopback'
  const who = allow
    ? allow.entries.join(', ')
    : local
      ? 'programs on this machine'
      : `every host that can reach ${isAny(host) ? `:${port}` : formatAddress([host, port])}; --allow limits it`
  return `reachable by: ${who}`
}
