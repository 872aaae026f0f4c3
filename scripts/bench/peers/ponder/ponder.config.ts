import { createConfig, factory } from 'ponder'
import { parseAbi, parseAbiItem } from 'viem'

const admitted = 'event ShopAdmitted(uint32 indexed shop, address indexed points, bool redeemsOnly, uint48 joinedAt)'
const transfer = 'event Transfer(address indexed from, address indexed to, uint256 value)'

const startBlock = Number(process.env['BENCH_START_BLOCK'])

export default createConfig({
  chains: {
    street: {
      id: 31337,
      rpc: process.env['BENCH_RPC_URL'],
      ws: process.env['BENCH_WS_URL'],
      pollingInterval: 100,
    },
  },
  contracts: {
    ShopPoints: {
      chain: 'street',
      abi: parseAbi([transfer]),
      address: factory({
        address: process.env['BENCH_CONSORTIUM'] as `0x${string}`,
        event: parseAbiItem(admitted),
        parameter: 'points',
      }),
      startBlock,
    },
  },
  blocks: { EveryBlock: { chain: 'street', interval: 1, startBlock } },
})
