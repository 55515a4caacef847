/** The model that a call asks for, as events name it: whatever a caller says, and no more of it than an event holds. */

export const longest = 128

export const modelName = (model: string): string => model.slice(0, longest)
