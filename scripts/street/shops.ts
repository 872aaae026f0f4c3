/** One shop of the demo street as its neighbours know it. Prices in cents; rewards in hundredths of a point. */
export interface StreetShop {
  readonly name: string
  readonly trade: string
  readonly street: string
  readonly hue: number
  /** Hundredths of a point per 1.00 spent. */
  readonly earnRate: number
  readonly isCharity: boolean
  readonly owner: string
  readonly tills: readonly { readonly name: string; readonly cashier: string }[]
  /** Days of the week it opens, 0 = Sunday. */
  readonly openOn: readonly number[]
  readonly rewards: readonly { readonly title: string; readonly detail: string; readonly points: bigint }[]
}

const everyDay = [0, 1, 2, 3, 4, 5, 6]
const weekdaysAndSaturday = [1, 2, 3, 4, 5, 6]
const tuesdayToSaturday = [2, 3, 4, 5, 6]

/** In the order in which they join: shop 1, shop 2, and so on. The last one only redeems. */
export const streetShops: readonly StreetShop[] = [
  {
    name: 'Copper Kettle',
    trade: 'Coffee house',
    street: '3 Market Square',
    hue: 28,
    earnRate: 300,
    isCharity: false,
    owner: 'Marta Lindqvist',
    tills: [
      { name: 'Counter', cashier: 'Jonas' },
      { name: 'Terrace', cashier: 'Ayumi' },
    ],
    openOn: everyDay,
    rewards: [
      { title: 'A filter coffee', detail: 'Any size, here or to take away', points: 100_00n },
      { title: 'Coffee and cake', detail: 'A slice of the day with any coffee', points: 250_00n },
      { title: 'A bag of house beans', detail: '250 g, ground as you like', points: 600_00n },
    ],
  },
  {
    name: 'Alder & Rye',
    trade: 'Bakery',
    street: '7 Market Square',
    hue: 45,
    earnRate: 200,
    isCharity: false,
    owner: 'Piotr Zielinski',
    tills: [{ name: 'Shop', cashier: 'Elif' }],
    openOn: weekdaysAndSaturday,
    rewards: [
      { title: 'A butter croissant', detail: 'From the morning batch', points: 80_00n },
      { title: 'A loaf of rye', detail: 'The 750 g loaf', points: 200_00n },
    ],
  },
  {
    name: 'Fennel & Frey',
    trade: 'Greengrocer',
    street: '12 Linden Street',
    hue: 130,
    earnRate: 50,
    isCharity: false,
    owner: 'Ngozi Frey',
    tills: [
      { name: 'Front', cashier: 'Tomasz' },
      { name: 'Back', cashier: 'Amara' },
    ],
    openOn: weekdaysAndSaturday,
    rewards: [
      { title: 'A bag of apples', detail: 'One kilo of what is in season', points: 120_00n },
      { title: 'The soup box', detail: 'Roots and herbs for four', points: 300_00n },
      { title: 'A week of vegetables', detail: 'The small box, for two', points: 900_00n },
    ],
  },
  {
    name: 'Dog-Eared Books',
    trade: 'Bookshop',
    street: '21 Linden Street',
    hue: 215,
    earnRate: 150,
    isCharity: false,
    owner: 'Henry Okafor',
    tills: [{ name: 'Desk', cashier: 'Lucia' }],
    openOn: tuesdayToSaturday,
    rewards: [
      { title: 'A second-hand paperback', detail: 'Any from the blue shelf', points: 150_00n },
      { title: 'Reading evening for two', detail: 'With a glass of wine', points: 400_00n },
    ],
  },
  {
    name: 'Scissors & Sage',
    trade: 'Hairdresser',
    street: '5 Mill Lane',
    hue: 330,
    earnRate: 100,
    isCharity: false,
    owner: 'Daria Petrova',
    tills: [{ name: 'Salon', cashier: 'Mehmet' }],
    openOn: tuesdayToSaturday,
    rewards: [
      { title: 'A fringe trim', detail: 'Between two appointments', points: 120_00n },
      { title: 'A head massage', detail: 'Ten minutes with any cut', points: 200_00n },
      { title: 'A cut and finish', detail: 'Any length', points: 1500_00n },
    ],
  },
  {
    name: 'Spoke & Chain',
    trade: 'Bicycle workshop',
    street: '9 Mill Lane',
    hue: 200,
    earnRate: 100,
    isCharity: false,
    owner: 'Lars Brandt',
    tills: [{ name: 'Workshop', cashier: 'Inès' }],
    openOn: tuesdayToSaturday,
    rewards: [
      { title: 'A mended puncture', detail: 'While you wait', points: 150_00n },
      { title: 'The spring check', detail: 'Brakes, gears and chain', points: 450_00n },
    ],
  },
  {
    name: 'Petal & Stem',
    trade: 'Florist',
    street: '2 Church Row',
    hue: 300,
    earnRate: 250,
    isCharity: false,
    owner: 'Sofia Marino',
    tills: [{ name: 'Shop', cashier: 'Kofi' }],
    openOn: weekdaysAndSaturday,
    rewards: [
      { title: 'A single stem', detail: 'Wrapped', points: 90_00n },
      { title: 'A kitchen-table bunch', detail: 'What looked best this morning', points: 350_00n },
    ],
  },
  {
    name: 'Harbour Cheese & Wine',
    trade: 'Delicatessen',
    street: '14 Quay Street',
    hue: 60,
    earnRate: 120,
    isCharity: false,
    owner: 'Camille Roux',
    tills: [{ name: 'Counter', cashier: 'Yusuf' }],
    openOn: tuesdayToSaturday,
    rewards: [
      { title: 'A tasting of three', detail: 'Cheeses of the week', points: 180_00n },
      { title: 'A bottle of the house red', detail: 'Or the white', points: 700_00n },
    ],
  },
  {
    name: 'Riverside Food Bank',
    trade: 'Charity',
    street: '30 Quay Street',
    hue: 160,
    earnRate: 0,
    isCharity: true,
    owner: 'Ruth Adeyemi',
    tills: [{ name: 'Gifts', cashier: 'Walter' }],
    openOn: everyDay,
    rewards: [
      { title: 'A breakfast', detail: 'For a child before school', points: 100_00n },
      { title: 'A family parcel', detail: 'Three days of basics', points: 1000_00n },
    ],
  },
]

/**
 * The one shop whose past sales the board lets in from the beginning, and its import key: the number after its tills,
 * and what it may ever give. Copper Kettle has kept a list of its regulars for years.
 */
export const pastSales = { shop: 1, till: 3, budget: 10_000_00n } as const

export const auditorName = 'Ingrid Solheim'

/** The people of the street. */
export const memberNames: readonly string[] = [
  ...['Anna Bergström', 'Kwame Mensah', 'Li Wei', 'Fatima El-Amin', 'Oliver Hughes', 'Chiara Conti', 'Ravi Menon'],
  ...['Zeynep Kaya', 'Lukas Weber', 'Marie Dubois', 'Sean O’Brien', 'Hana Novak', 'Diego Fernández', 'Aisha Khan'],
  ...['Mateusz Wójcik', 'Nora Haugen', 'Thabo Nkosi', 'Elena Popescu', 'Samuel Levi', 'Yuki Tanaka', 'Greta Schmidt'],
  ...['João Pereira', 'Priya Sharma', 'Omar Haddad', 'Katarina Horvat', 'Emily Clarke', 'Minh Nguyen', 'Ella Virtanen'],
  ...['Goran Petrović', 'Leila Rahimi', 'Paul Keller', 'Adaeze Obi', 'Ivan Sokolov', 'Sara Lindholm', 'Ahmed Mansour'],
  ...['Rosa Jiménez', 'Tom Bauer', 'Mei Lin', 'Björn Ólafsson', 'Nadia Benali', 'Peter Kovács', 'Grace Mwangi'],
  ...['Julien Moreau', 'Halima Yusuf', 'Kim Min-jun', 'Eva Dvořáková', 'Marco Rossi', 'Freya Nielsen', 'Arjun Patel'],
  ...['Beatriz Silva', 'Noah Fischer', 'Salma Idrissi', 'Henrik Dahl', 'Olga Ivanova', 'Liam Murphy', 'Amina Diallo'],
  ...['Stefan Ionescu', 'Clara Hoffmann', 'Tariq Aziz', 'Wanjiru Kamau', 'Viktor Jansen', 'Maya Cohen'],
]
