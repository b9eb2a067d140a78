import { defineCheck, fail, pass } from '../define.ts'
import { alarms } from '../inventory/alarms.ts'

/** An alarm that tells nobody. One that a composite alarm looks at needs no voice of its own. */
export const noAction = defineCheck('alarms-no-action', {
  number: 53,
  severity: 'medium',
  title: { en: 'Alarm that tells nobody', ja: '誰にも届かないアラーム' },
  why: {
    en: 'It turns red on a page that nobody has open; everybody believes that they would have been told.',
    ja: '誰も開いていない画面で赤くなるだけで、全員が「通知されるはず」と思い込んでいます。',
  },
  fix: {
    en: '`aws cloudwatch enable-alarm-actions --alarm-names NAME`, or give it one: `aws cloudwatch put-metric-alarm --alarm-name NAME … --alarm-actions TOPIC-ARN` (the call replaces the whole alarm: begin from `describe-alarms`).',
    ja: '`aws cloudwatch enable-alarm-actions --alarm-names NAME`、または `aws cloudwatch put-metric-alarm --alarm-name NAME … --alarm-actions TOPIC-ARN` でアクションを付けます（全体が置き換わるため `describe-alarms` の内容から始めます）。',
  },
  peers: ['AWS Config'],
  says: {
    disabled: { en: 'It has {actions} actions, all switched off', ja: 'アクション {actions} 件がすべて無効' },
    none: { en: 'It has no action when it rings', ja: 'アラーム時のアクションなし' },
  },
  subject: alarms,
  reads: { alarms },
  prepare: ({ alarms: all }) =>
    new Set(all.filter(({ actions, actionsEnabled }) => actions > 0 && actionsEnabled).flatMap(({ children }) => children)),
  judge({ name, kind, state, actions, actionsEnabled }, { known }) {
    if ((actions > 0 && actionsEnabled) || known.has(name ?? '')) return pass
    return fail(actions > 0 ? 'disabled' : 'none', { kind, state, actions, actionsEnabled })
  },
})
