import type { Progress } from '../../guardians/scan/scan.ts'
import { cut } from '../andon/width.ts'
import type { Cli } from '../define.ts'

/** A bar on the error stream while guardians look, redrawn in place; without a terminal nothing is said, since nobody watches. */
export function openProgress(
  cli: Pick<Cli, 'err' | 'tty' | 'columns'>,
  locale: 'en' | 'ja',
  write = (text: string) => void process.stderr.write(text),
) {
  const watched = cli.tty && process.stderr.isTTY === true
  let drawn = false
  return {
    at(progress: Progress): void {
      if (!watched) return
      write(`\r\u001b[2K${progressLine(progress, locale, cli.columns)}`)
      drawn = true
    },
    end(): void {
      if (drawn) write('\r\u001b[2K')
    },
  }
}

const width = 24

/** `███████░░░░  12/40  volumes 123456789012 eu-central-1  1,204 looked at, 17 found`. Pure. */
export function progressLine(
  { done, total, looked, findings, inventory, account, region }: Progress,
  locale: 'en' | 'ja',
  columns: number,
): string {
  const filled = total === 0 ? width : Math.round((width * done) / total)
  const n = (value: number) => value.toLocaleString('en-US')
  const told = locale === 'ja' ? `確認 ${n(looked)}・指摘 ${n(findings)}` : `${n(looked)} looked at, ${n(findings)} found`
  return cut(
    `${'█'.repeat(filled)}${'░'.repeat(width - filled)}  ${done}/${total}  ${inventory} ${account} ${region}  ${told}`,
    columns - 1,
  )
}
