import { defineCheck, defineGuardian, defineInventory, fail, pass, type Resource } from './define.ts'
import type { Report } from './report.ts'

/** Who guards the guardians: one that does not report is a finding of its own, and closes when it reports again. */
interface Heard extends Resource {
  /** Why there is no report; null: there is one. */
  problem: string | null
}

/** What the keeper of the schedule heard; it judges by itself, so nothing is read here. */
const heard = defineInventory<Heard>('guardian-reports', {
  title: { en: 'Guardians', ja: 'ガーディアン' },
  scope: 'platform',
  calls: [],
  page: async () => ({ rows: [] }),
})

export const silent = defineCheck('guardians-silent', {
  number: 0,
  severity: 'high',
  title: { en: 'A guardian did not report', ja: 'ガーディアンからの報告がない' },
  why: {
    en: 'What it looks at is not looked at, and nobody would notice. Its findings stay as they were.',
    ja: 'その担当範囲は誰にも確認されないままです。既存の指摘はそのまま残ります。',
  },
  fix: {
    en: 'Read the log of the Lambda named here, or of the controller, and run `jidoka guardians run ID` by hand.',
    ja: '該当 Lambda かコントローラーのログを確認し、`jidoka guardians run ID` を手動で実行してください。',
  },
  peers: [],
  says: { silent: { en: 'No report: {problem}', ja: '報告なし: {problem}' } },
  subject: heard,
  judge: ({ problem }) => (problem === null ? pass : fail('silent', { problem })),
})

/** Not in the registry: nobody runs it. Named to whoever tells findings. */
export const keeper = defineGuardian('keeper', {
  title: { en: 'The guardians themselves', ja: 'ガーディアン自身' },
  checks: [silent],
})

/** What the keeper heard of one run, as a report: ingested with it, so that silence opens and closes like anything else. */
export function silenceReport(
  run: string,
  at: { startedAt: number; endedAt: number },
  guardians: readonly { id: string; problem: string | null }[],
): Report {
  const place = { guardian: keeper.id, check: silent.id, account: 'platform', region: 'local' }
  const failed = guardians.filter(({ problem }) => problem !== null)
  return {
    schema: 1,
    run,
    guardians: [keeper.id],
    ...at,
    findings: failed.map(({ id, problem }) => ({
      ...place,
      resource: `platform:guardian/${id}`,
      name: id,
      severity: silent.severity,
      reason: 'silent',
      evidence: { problem: problem ?? '' },
      savings: null,
      owner: null,
    })),
    unknown: [],
    coverage: [
      { ...place, looked: guardians.length, passed: guardians.length - failed.length, failed: failed.length, unknown: 0, complete: true },
    ],
    undecided: [],
    cost: { calls: 0, usd: 0, byCall: [] },
  }
}
