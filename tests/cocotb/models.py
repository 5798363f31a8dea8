"""What the kernels compute, in whole numbers of Python; nothing of the project's code."""

# The orders of BN254's scalar field and of its base field (EIP-196).
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
P = 21888242871839275222246405745257275088696311157297823662689037894645226208583


def hadamard(a, b, c):
    inverse = pow(1 << 260, -1, R)
    return [(x * y * inverse - z) % R for x, y, z in zip(a, b, c)]


def add(left, right):
    """On y^2 = x^3 + 3 over P, affine; None is the point at infinity."""
    if left is None or right is None:
        return right if left is None else left
    if left[0] == right[0]:
        if (left[1] + right[1]) % P == 0:
            return None
        slope = 3 * left[0] ** 2 * pow(2 * left[1], -1, P)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, P)
    x = (slope * slope - left[0] - right[0]) % P
    return x, (slope * (left[0] - x) - left[1]) % P


def multiply(point, scalar):
    total = None
    for bit in bin(scalar)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total
