import { defineCheck, fail, pass, unknown } from '../define.ts'
import { components } from '../inventory/components.ts'

/** A component of ours that could not switch over now. */
export const standbyMember = defineCheck('pairing-standby-member', {
  number: 56,
  severity: 'high',
  title: { en: 'Component without a standby that is well', ja: '健全なスタンバイのないコンポーネント' },
  why: {
    en: 'When its active member fails there is nothing to switch to.',
    ja: 'アクティブが止まったとき、切り替え先がありません。',
  },
  fix: {
    en: '`jidoka status`, then `jidoka restart COMPONENT` for the member that is not well; give the members different sites.',
    ja: '`jidoka status` で確認し、不調なメンバーを `jidoka restart COMPONENT` で直します。メンバーは別々の拠点に置きます。',
  },
  peers: [],
  says: {
    missing: { en: 'no standby is well: {members}', ja: '健全なスタンバイがない: {members}' },
    'same-site': { en: 'all members are at {site}', ja: '全メンバーが {site} にある' },
  },
  subject: components,
  judge({ members }) {
    if (members.length > 0 && members.every(({ status }) => status === null)) return unknown('answer of its health hooks')
    const standbys = members.filter(({ role, status }) => role === 'standby' && (status === 'pass' || status === 'warn'))
    const sites = [...new Set(members.map(({ site }) => site))]
    const told = members.slice(0, 20).map(({ id, role, status }) => `${id} ${role} ${status ?? 'no answer'}`)
    const evidence = { members: told, site: sites[0] ?? null }
    if (standbys.length === 0) return fail('missing', evidence)
    return sites.length === 1 && sites[0] !== null ? fail('same-site', evidence, { severity: 'medium' }) : pass
  },
})
