import { Option } from 'commander'

/** The value of `--exact`. */
export interface ExactArguments {
  readonly exact?: boolean
}

/** The option for `exactDrops` of the peer that receives. */
export function exactOption(): Option {
  return new Option(
    '--exact',
    'count kernel drops exactly; datagrams are then read without coalescing, which is slower',
  )
}
