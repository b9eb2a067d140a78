import { GenerateCredentialReportCommand, GetCredentialReportCommand, IAMClient } from '@aws-sdk/client-iam'
import { sleep } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { defineInventory, type Resource, type Sources } from '../define.ts'

export interface AccessKey extends Resource {
  user: string
  /** The report has no key ids: first or second key of the user. */
  number: 1 | 2
  root: boolean
  active: boolean
  /** Epoch ms; null: not told. */
  rotatedAt: number | null
  /** Null: never, as far as AWS knows. */
  lastUsedAt: number | null
  lastUsedService: string | null
}

const pollMs = 2_000
const pollsMax = 60

/** Access keys of an account's users and of its root, by the credential report: two calls, however many users. */
export const accessKeys = defineInventory<AccessKey>('access-keys', {
  title: { en: 'Access keys of IAM users', ja: 'IAM ユーザーのアクセスキー' },
  scope: 'account',
  calls: ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'],
  async page(sources) {
    await generated(sources)
    const { Content } = await sources.aws.send(IAMClient, new GetCredentialReportCommand({}))
    return { rows: keysOf(new TextDecoder().decode(Content ?? new Uint8Array())) }
  },
})

/** AWS keeps a report for four hours and makes a new one only then. */
async function generated({ aws, clock, signal }: Sources): Promise<void> {
  for (let polls = 0; polls < pollsMax && !signal?.aborted; polls++) {
    const { State } = await aws.send(IAMClient, new GenerateCredentialReportCommand({}))
    if (State === 'COMPLETE') return
    await sleep(clock, pollMs, signal)
  }
  throw fault('deadline-passed', { what: 'The credential report of IAM', timeoutMs: pollMs * pollsMax })
}

function keysOf(report: string): AccessKey[] {
  const [head = '', ...lines] = report.split(/\r?\n/).filter((line) => line !== '')
  const header = head.split(',')
  return lines.flatMap((line) => {
    const { user, arn, cell } = userOf(line, header)
    return ([1, 2] as const).flatMap((number): AccessKey[] => {
      const rotatedAt = timeOf(cell(`access_key_${number}_last_rotated`))
      const active = cell(`access_key_${number}_active`) === 'true'
      if (!active && rotatedAt === null) return []
      const service = cell(`access_key_${number}_last_used_service`)
      return [
        {
          ...{ arn: `${arn}#access-key-${number}`, name: `${user}, key ${number}`, user, number, root: user === '<root_account>' },
          ...{ active, rotatedAt, lastUsedAt: timeOf(cell(`access_key_${number}_last_used_date`)) },
          lastUsedService: service && service !== 'N/A' ? service : null,
        },
      ]
    })
  })
}

/** Names and paths of users may hold commas, what comes after them may not: so cells are counted from the end. */
function userOf(line: string, header: readonly string[]) {
  const cells = line.split(',')
  const extra = cells.length - header.length
  const named = cells
    .slice(0, 2 + extra)
    .join(',')
    .replaceAll('"', '')
  const at = named.indexOf(',arn:')
  return {
    user: named.slice(0, at),
    arn: named.slice(at + 1),
    cell: (name: string): string | undefined => {
      const index = header.indexOf(name)
      return index < 0 ? undefined : cells[index + extra]
    },
  }
}

/** `N/A`, `no_information` and `not_supported` are no times. */
function timeOf(text: string | undefined): number | null {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? null : ms
}
