import { defineCheck, fail, pass } from '../define.ts'
import { addresses } from '../inventory/addresses.ts'

/** A public address that leads nowhere. */
export const eipUnassociated = defineCheck('network-eip-unassociated', {
  number: 10,
  severity: 'low',
  title: { en: 'Elastic IP address that leads nowhere', ja: '関連付けのない Elastic IP アドレス' },
  why: {
    en: 'It is paid for by the hour, and takes one of the few addresses that a region allows.',
    ja: '時間課金され、リージョンごとに限られた数のアドレスを一つ占有します。',
  },
  fix: {
    en: 'Look whether DNS or a partner’s firewall names it: once released it may be another’s. Then `aws ec2 release-address --allocation-id ID`.',
    ja: 'DNS や取引先のファイアウォールに登録がないか確認します（解放すると他者の手に渡ります）。`aws ec2 release-address --allocation-id ID` で解放します。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler', 'Cloud Custodian', 'Thrifty', 'cloudrift'],
  says: { unassociated: { en: '{ip} is associated with nothing', ja: '{ip} はどこにも関連付けられていません' } },
  subject: addresses,
  judge({ ip, associated, ofAws }, { savings }) {
    if (associated) return pass
    return fail('unassociated', { ip, ofAws }, { savings: ofAws ? savings('ec2-public-ipv4', 1) : null })
  },
  runbook: 'release-address',
})
