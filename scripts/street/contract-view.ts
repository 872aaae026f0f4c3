import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
} from 'viem'
import type { Rpc } from './rpc.ts'

type Reads = 'view' | 'pure'

/** A contract as something to ask; each answer has the type that its ABI gives it. */
export interface ContractView<A extends Abi> {
  read<Name extends ContractFunctionName<A, Reads>, Args extends ContractFunctionArgs<A, Reads, Name>>(
    name: Name,
    args: Args,
    block?: number,
  ): Promise<ContractFunctionReturnType<A, Reads, Name, Args>>
  /** The same question with many sets of arguments, in as few requests as is kind to the node. */
  readMany<Name extends ContractFunctionName<A, Reads>, Args extends ContractFunctionArgs<A, Reads, Name>>(
    name: Name,
    calls: readonly Args[],
    block?: number,
  ): Promise<ContractFunctionReturnType<A, Reads, Name, Args>[]>
}

const questionsPerRequest = 500

export function contractView<const A extends Abi>(rpc: Rpc, abi: A, address: Address): ContractView<A> {
  const view: ContractView<A> = {
    async read(name, args, block) {
      const [answer] = await view.readMany(name, [args], block)
      return answer as Awaited<ReturnType<typeof view.read<typeof name, typeof args>>>
    },
    async readMany(name, calls, block) {
      const tag = block === undefined ? 'latest' : `0x${block.toString(16)}`
      const plain = abi as Abi
      const questions = calls.map((args) => {
        const data = encodeFunctionData({ abi: plain, functionName: name as string, args: args as readonly unknown[] })
        return { method: 'eth_call', params: [{ to: address, data }, tag] }
      })
      const answers: Hex[] = []
      for (let from = 0; from < questions.length; from += questionsPerRequest) {
        answers.push(...(await rpc.askAll<Hex>(questions.slice(from, from + questionsPerRequest))))
      }
      const decoded = answers.map((data) => decodeFunctionResult({ abi: plain, functionName: name as string, data }))
      return decoded as ContractFunctionReturnType<A, Reads, typeof name>[] as never
    },
  }
  return view
}
