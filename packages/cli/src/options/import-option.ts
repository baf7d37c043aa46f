import { Option } from 'commander'

/** `--import ./my-components.js`, as often as there are modules. */
export function importOption(): Option {
  return new Option(
    '--import <module>',
    'components of your own: what this module exports; may be repeated',
  )
    .default([], 'none')
    .argParser((module: string, before: readonly string[]) => [...before, module])
}
