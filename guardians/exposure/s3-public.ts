import { defineCheck, fail, pass } from '../define.ts'
import { accountBlocks, bucketExposure, buckets } from '../inventory/buckets.ts'

/** A bucket that strangers can read or write. */
export const s3Public = defineCheck('exposure-s3-public', {
  number: 48,
  severity: 'high',
  title: { en: 'Public bucket', ja: '公開されているバケット' },
  why: {
    en: 'Anybody on the internet can reach what is in it; public buckets are searched for day and night.',
    ja: 'インターネットの誰でも中身に届きます。公開バケットは絶えず探索されています。',
  },
  fix: {
    en: 'Unless it is meant for everybody: `aws s3api put-public-access-block --bucket NAME --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`. A web site: serve it by CloudFront, and mute this with the reason.',
    ja: '公開が目的でなければ `aws s3api put-public-access-block --bucket NAME --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`。Web サイトなら CloudFront 経由にし、理由を書いてミュートします。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler', 'Cloud Custodian'],
  says: {
    policy: { en: 'its policy is public, and no block holds it', ja: 'ポリシーが公開で、ブロックもない' },
    acl: { en: 'its ACL lets everybody {grants}, and no block holds it', ja: 'ACL が全員に {grants} を許可し、ブロックもない' },
  },
  subject: buckets,
  reads: { account: accountBlocks },
  prepare: ({ account: [block] }) => ({
    ignoresAcls: block?.ignoresAcls ?? false,
    restrictsPolicies: block?.restrictsPolicies ?? false,
  }),
  details: { exposure: bucketExposure },
  // The block of the account covers every bucket: none is asked.
  applies: (_, { known }) => !(known.ignoresAcls && known.restrictsPolicies),
  judge(_, { known, details: { exposure } }) {
    const { block, publicPolicy, publicGrants: grants } = exposure
    const evidence = { publicPolicy, grants, ...block }
    if (publicPolicy && !block.restrictsPolicies && !known.restrictsPolicies) return fail('policy', evidence)
    if (grants.length > 0 && !block.ignoresAcls && !known.ignoresAcls) return fail('acl', evidence)
    return pass
  },
})
