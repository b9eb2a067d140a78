import { defineCheck, fail, pass } from '../define.ts'
import { volumes } from '../inventory/volumes.ts'

/** Up to here gp3 gives at least the IOPS of gp2 (3 per GiB) for its base price. */
const gp3BaseIops = 3000

/** gp3 costs a fifth less than gp2, and is changed while in use. */
export const gp2 = defineCheck('ebs-gp2', {
  number: 3,
  severity: 'low',
  title: { en: 'Volume of the old type gp2', ja: '旧タイプ gp2 のボリューム' },
  why: {
    en: 'gp3 costs 20 % less, and a small volume is faster on it. The change needs no downtime.',
    ja: 'gp3 は 20 % 安く、小さなボリュームではより高速です。停止せずに変更できます。',
  },
  fix: {
    en: '`aws ec2 modify-volume --volume-id ID --volume-type gp3`; above 1000 GiB add `--iops` with what it has today. From 170 GiB on, add `--throughput 250` where long reads matter.',
    ja: '`aws ec2 modify-volume --volume-id ID --volume-type gp3`。1000 GiB を超える場合は `--iops` に現在の値を指定します。170 GiB 以上で連続読み出しが重要なら `--throughput 250` も付けます。',
  },
  peers: ['Thrifty', 'cloudrift'],
  says: {
    gp2: { en: '{sizeGiB} GiB of gp2, {iops} IOPS; gp3 gives 3000', ja: 'gp2 {sizeGiB} GiB・{iops} IOPS（gp3 なら 3000）' },
    'gp2-large': {
      en: '{sizeGiB} GiB of gp2 with {iops} IOPS: gp3 needs them bought to be as fast',
      ja: 'gp2 {sizeGiB} GiB・{iops} IOPS。gp3 で同じ速さにするには IOPS の追加が必要',
    },
  },
  subject: volumes,
  judge({ type, sizeGiB, iops }, { savings }) {
    if (type !== 'gp2') return pass
    const evidence = { sizeGiB, iops }
    // What a large one saves depends on the IOPS that it really needs.
    if ((iops ?? sizeGiB * 3) > gp3BaseIops) return fail('gp2-large', evidence)
    return fail('gp2', evidence, { savings: savings('ebs-gp2-to-gp3', sizeGiB) })
  },
  runbook: 'turn-to-gp3',
})
