import { defineCheck, fail, pass, unknown } from '../define.ts'
import { components } from '../inventory/components.ts'
import { daysSince } from '../resource.ts'

/** A standby that runs something else, or that nobody has switched to for a month, is a hope and not a standby. */
export const skew = defineCheck('pairing-skew', {
  number: 57,
  severity: 'high',
  title: { en: 'Active and standby differ, or were not practised', ja: 'アクティブとスタンバイの版の違い・訓練不足' },
  why: {
    en: 'A switch to another version is a deployment in the middle of an outage; a switch that nobody practised fails when it is needed.',
    ja: '版の違うスタンバイへの切り替えは、障害のさなかのデプロイと同じです。練習していない切り替えは、必要なときに失敗します。',
  },
  fix: {
    en: 'Deploy the same version to all members. Practise in a quiet hour: `jidoka failover COMPONENT --dry-run`, then `jidoka failover COMPONENT`.',
    ja: '全メンバーに同じ版を配備します。静かな時間帯に `jidoka failover COMPONENT --dry-run`、続けて `jidoka failover COMPONENT` で練習します。',
  },
  peers: [],
  says: {
    skew: { en: 'members run different versions: {versions}', ja: 'メンバーの版が違う: {versions}' },
    undrilled: { en: 'the last verified switch was {drillDays} days ago', ja: '最後に確認された切り替えから {drillDays} 日' },
    'never-drilled': {
      en: 'no verified switch is known, neither real nor practised',
      ja: '確認された切り替えが、本番でも訓練でも一度もない',
    },
  },
  subject: components,
  options: { drillDays: { default: 30, unit: 'days', source: 'ours' } },
  judge({ members, lastSwitchAt }, { now, options }) {
    const told = members.some(({ version }) => version !== null)
    const silent = members.find(({ status, version }) => status === null || (told && version === null))
    const drillDays = daysSince(lastSwitchAt, now)
    const versions = members.slice(0, 20).map(({ id, version }) => `${id} ${version ?? 'not told'}`)
    const evidence = { versions, drillDays }
    if (new Set(members.flatMap(({ version }) => version ?? [])).size > 1) return fail('skew', evidence)
    if (drillDays !== null && drillDays >= options.drillDays) return fail('undrilled', evidence, { severity: 'medium' })
    if (lastSwitchAt === null) return fail('never-drilled', evidence, { severity: 'medium' })
    if (silent) return unknown(`${silent.status === null ? 'answer' : 'version'} of the health hook of ${silent.id}`)
    return lastSwitchAt === undefined ? unknown('journal: when was the last switch?') : pass
  },
})
