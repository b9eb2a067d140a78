import { defineCheck, fail, pass } from '../define.ts'
import { volumes } from '../inventory/volumes.ts'

/** A disk whose blocks, and whose every snapshot, lie in plain. */
export const unencryptedVolume = defineCheck('exposure-unencrypted-volume', {
  number: 51,
  severity: 'medium',
  title: { en: 'Unencrypted volume', ja: '暗号化されていないボリューム' },
  why: {
    en: 'Its snapshots are as plain as itself: one that is shared by mistake is read without any key.',
    ja: 'スナップショットも平文のままです。誤って共有されると鍵なしで読まれてしまいます。',
  },
  fix: {
    en: 'New ones: `aws ec2 enable-ebs-encryption-by-default`. This one: `aws ec2 create-snapshot --volume-id ID`, `aws ec2 copy-snapshot --encrypted`, a volume of the copy, and change them in a quiet hour.',
    ja: '今後の分は `aws ec2 enable-ebs-encryption-by-default`。この分は `aws ec2 create-snapshot --volume-id ID`、`aws ec2 copy-snapshot --encrypted` で複製し、静かな時間帯に差し替えます。',
  },
  peers: ['AWS Config', 'Prowler', 'Cloud Custodian'],
  says: {
    plain: { en: '{sizeGiB} GiB, not encrypted; attached to {instances}', ja: '{sizeGiB} GiB、暗号化なし。アタッチ先: {instances}' },
  },
  subject: volumes,
  judge: ({ encrypted, sizeGiB, instances }) => (encrypted ? pass : fail('plain', { sizeGiB, instances: instances.slice(0, 20) })),
})
