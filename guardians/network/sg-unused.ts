import { defineCheck, fail, pass } from '../define.ts'
import { launchTemplateVersions } from '../inventory/launch-template-versions.ts'
import { networkInterfaces } from '../inventory/network-interfaces.ts'
import { securityGroups } from '../inventory/security-groups.ts'

/** A security group that guards nothing: on no interface, in no launch template, named by no other group. */
export const sgUnused = defineCheck('network-sg-unused', {
  number: 14,
  severity: 'low',
  title: { en: 'Security group that guards nothing', ja: '使われていないセキュリティグループ' },
  why: {
    en: 'Rules that nobody looks after are put on a new machine one day, with all that they let in.',
    ja: '誰も管理していないルールが、ある日新しいマシンに付けられ、想定外の通信を許します。',
  },
  fix: {
    en: '`aws ec2 delete-security-group --group-id ID`. It is refused while an interface has it; a Lambda function that was long not called has none, so look there first.',
    ja: '`aws ec2 delete-security-group --group-id ID` で削除します。使用中なら拒否されますが、長く呼ばれていない Lambda 関数は例外なので先に確認します。',
  },
  peers: ['Prowler', 'Cloud Custodian', 'cloudrift'],
  says: {
    unused: {
      en: 'On no interface and in no launch template ({vpc})',
      ja: 'どのインターフェイスにも起動テンプレートにも使われていません（{vpc}）',
    },
  },
  subject: securityGroups,
  reads: { networkInterfaces, launchTemplateVersions, others: securityGroups },
  prepare: (reads) =>
    new Set([
      ...reads.networkInterfaces.flatMap((face) => face.securityGroups),
      ...reads.launchTemplateVersions.flatMap((version) => version.securityGroups),
      ...reads.others.flatMap(({ names }) => names),
    ]),
  judge({ id, vpc, isDefault, open }, { known }) {
    if (isDefault || known.has(id)) return pass
    return fail('unused', { vpc, openRules: open.length })
  },
})
