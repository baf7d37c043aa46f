import { Option } from 'commander'

/** `--import ./my-components.js`, as often as there are modules. */
export function importOption(): Option {
  return new Option(
    '--import <module>',
    'add the components that this module exports; may be given several times',
  )
    .default([], 'none')
    .argParser((module: string, before: readonly string[]) => [...before, module])
}
