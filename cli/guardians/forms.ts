import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fault } from '../../core/errors.ts'
import type { Guardian } from '../../guardians/define.ts'
import type { Report } from '../../guardians/report.ts'
import type { Locale } from '../../guardians/say.ts'
import type { Cli } from '../define.ts'
import { paintsOf } from '../render.ts'
import { version } from '../version.ts'
import { reportTable } from './table.ts'

export interface Forms {
  json?: boolean
  html?: string
  sarif?: string
  ocsf?: string
}

/** Writes a report in every form that was asked for: files first, so that what is said at the end is true. */
export async function writeForms(cli: Cli, report: Report, guardians: readonly Guardian[], forms: Forms, locale: Locale): Promise<void> {
  const files: [string | undefined, () => Promise<string>][] = [
    [forms.html, async () => (await import('../../guardians/formats/html.ts')).htmlOf(report, guardians, locale)],
    [forms.sarif, async () => text((await import('../../guardians/formats/sarif.ts')).sarifOf(report, guardians, version))],
    [forms.ocsf, async () => text((await import('../../guardians/formats/ocsf.ts')).ocsfOf(report, guardians, version))],
  ]
  const written: string[] = []
  for (const [file, made] of files) {
    if (file === undefined) continue
    await write(resolve(cli.cwd, file), await made())
    written.push(file)
  }
  if (forms.json) cli.json(report)
  else cli.out(reportTable(report, guardians, { paint: paintsOf(cli), columns: cli.columns, locale }))
  for (const file of written) cli.err(`wrote ${file}`)
}

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

async function write(file: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  } catch (cause) {
    throw fault(
      'usage',
      { problem: `${file} could not be written: ${(cause as Error).message}.`, hint: 'The scan was made; run it again with another file.' },
      cause,
    )
  }
}
