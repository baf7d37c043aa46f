import { Command } from 'commander'
import { ipv6, multicast } from '../doctor/addresses.js'
import type { Finding } from '../doctor/finding.js'
import { kernelDrops } from '../doctor/kernel-drops.js'
import { kernelLimits } from '../doctor/kernel-limits.js'
import { nativeTransport } from '../doctor/native-transport.js'
import { openFiles } from '../doctor/open-files.js'
import { receiveBuffer } from '../doctor/receive-buffer.js'
import { type CommonOptions, withCommonOptions, withExamples } from '../options/common-options.js'
import { colored } from '../output/notes.js'
import { printJson, printOut } from '../output/print-out.js'
import { table } from '../output/table.js'

/** `udpng doctor`: checks the settings of this machine for UDP. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .summary('check the settings of this machine that cost datagrams or speed')
    .description(
      'Checks the settings of this machine that cost datagrams or speed, and prints the command to change each. It changes nothing.',
    )
    .option('--json', 'print the findings as JSON')
    .action(doctor)
  withExamples(command, [
    ['udpng doctor', 'before you deploy to a new machine'],
    [
      `udpng doctor --json | jq -r '.[] | select(.verdict == "low") | .command'`,
      'the commands to run',
    ],
  ])
  return withCommonOptions(command)
}

async function doctor({ json }: CommonOptions & { readonly json?: boolean }): Promise<void> {
  const findings = [
    ...kernelLimits(),
    await receiveBuffer(),
    kernelDrops(),
    ...nativeTransport(),
    await ipv6(),
    multicast(),
    openFiles(),
  ]
  if (json) await printJson(findings, 2)
  else await printOut(show(findings))
}

const COLORS = { fine: 'green', low: 'yellow', unknown: 'dim' } as const

function show(findings: readonly Finding[]): string {
  const lines = table(findings, [
    { title: '', cell: ({ verdict }) => colored(process.stdout, COLORS[verdict], verdict) },
    { title: '', cell: ({ name }) => name },
    { title: '', cell: ({ value }) => value },
  ]).slice(1)
  const indent = ' '.repeat('unknown  '.length)
  return findings
    .map(({ meaning, command }, index) =>
      [
        lines[index],
        ...(meaning ? [`${indent}${meaning}`] : []),
        ...(command ? [`${indent}$ ${command}`] : []),
      ].join('\n'),
    )
    .map((text) => `${text}\n`)
    .join('')
}
