/* Elementwise kernels for one floating type.
 *
 * _kernels.h includes this file once per type. REAL is the type, NAME(x) is the name of the kernel
 * for this type, and RATE is the type in which scikit-learn computes Adam's step. With numpy 2 the
 * learning rate is a float64 scalar, so the step is computed in float64 for float32 networks too.
 *
 * Each kernel performs the same operations as numpy in the same order. Addition, multiplication,
 * division and square root are correctly rounded in IEEE arithmetic, so one fused loop gives the
 * same bits as numpy's separate loops, provided that the compiler does not contract operations into
 * multiply-adds (-ffp-contract=off).
 */

/* out[i] = X[index[i]], for rows of n_columns values; the copy is contiguous */
static void NAME(gather_rows)(const char *X, npy_intp row_stride, npy_intp column_stride,
                              const npy_intp *index, npy_intp n_rows, npy_intp n_columns,
                              char *out)
{
    REAL *to = (REAL *)out;
    for (npy_intp i = 0; i < n_rows; i++, to += n_columns) {
        const char *from = X + index[i] * row_stride;
        if (column_stride == sizeof(REAL))
            memcpy(to, from, n_columns * sizeof(REAL));
        else
            for (npy_intp j = 0; j < n_columns; j++)
                to[j] = *(const REAL *)(from + j * column_stride);
    }
}

/* a += bias, row by row */
CLONES static void NAME(add_bias)(char *a, const char *bias, npy_intp n_rows, npy_intp n_columns)
{
    REAL *restrict x = (REAL *)a;
    const REAL *restrict b = (const REAL *)bias;
    for (npy_intp i = 0; i < n_rows; i++, x += n_columns)
        for (npy_intp j = 0; j < n_columns; j++)
            x[j] += b[j];
}

/* a = max(a + bias, 0), row by row; the comparison is false for NaN, so NaN stays NaN */
CLONES static void NAME(add_bias_relu)(char *a, const char *bias, npy_intp n_rows,
                                       npy_intp n_columns)
{
    REAL *restrict x = (REAL *)a;
    const REAL *restrict b = (const REAL *)bias;
    for (npy_intp i = 0; i < n_rows; i++, x += n_columns)
        for (npy_intp j = 0; j < n_columns; j++) {
            REAL sum = x[j] + b[j];
            x[j] = sum <= 0 ? 0 : sum;
        }
}

/* out = a - max(a), row by row: the first step of softmax */
CLONES static void NAME(subtract_row_max)(const char *a, npy_intp n_rows, npy_intp n_columns,
                                          char *out)
{
    const REAL *restrict x = (const REAL *)a;
    REAL *restrict to = (REAL *)out;
    for (npy_intp i = 0; i < n_rows; i++, x += n_columns, to += n_columns) {
        REAL top = x[0]; /* becomes NaN if any value is NaN, as np.max does */
        for (npy_intp j = 1; j < n_columns; j++)
            top = (x[j] > top || x[j] != x[j]) ? x[j] : top;
        for (npy_intp j = 0; j < n_columns; j++)
            to[j] = x[j] - top;
    }
}

/* a /= divisor, with one divisor per row: the last step of softmax */
CLONES static void NAME(divide_rows)(char *a, const char *divisor, npy_intp n_rows,
                                     npy_intp n_columns)
{
    REAL *restrict x = (REAL *)a;
    const REAL *d = (const REAL *)divisor;
    for (npy_intp i = 0; i < n_rows; i++, x += n_columns)
        for (npy_intp j = 0; j < n_columns; j++)
            x[j] /= d[i];
}

/* out = a - b: the gradient of the loss at the output, prediction minus target */
CLONES static void NAME(subtract)(const char *a, const char *b, npy_intp n, char *out)
{
    const REAL *restrict x = (const REAL *)a;
    const REAL *restrict y = (const REAL *)b;
    REAL *restrict to = (REAL *)out;
    for (npy_intp i = 0; i < n; i++)
        to[i] = x[i] - y[i];
}

/* a *= weight, with one sample weight per row */
CLONES static void NAME(weight_rows)(char *a, const char *weight, npy_intp n_rows,
                                     npy_intp n_columns)
{
    REAL *restrict x = (REAL *)a;
    const REAL *w = (const REAL *)weight;
    for (npy_intp i = 0; i < n_rows; i++, x += n_columns)
        for (npy_intp j = 0; j < n_columns; j++)
            x[j] *= w[i];
}

/* delta *= derivative of ReLU, whose output is z: 0 where z is 0, else 1 */
CLONES static void NAME(relu_derivative)(char *delta, const char *z, npy_intp n)
{
    REAL *restrict d = (REAL *)delta;
    const REAL *restrict a = (const REAL *)z;
    for (npy_intp i = 0; i < n; i++)
        d[i] = a[i] == 0 ? 0 : d[i];
}

/* delta *= derivative of tanh, whose output is z: 1 - z^2 */
CLONES static void NAME(tanh_derivative)(char *delta, const char *z, npy_intp n)
{
    REAL *restrict d = (REAL *)delta;
    const REAL *restrict a = (const REAL *)z;
    for (npy_intp i = 0; i < n; i++)
        d[i] *= 1 - a[i] * a[i];
}

/* delta *= derivative of the logistic function, whose output is z: z * (1 - z), in two
 * multiplications as in scikit-learn */
CLONES static void NAME(logistic_derivative)(char *delta, const char *z, npy_intp n)
{
    REAL *restrict d = (REAL *)delta;
    const REAL *restrict a = (const REAL *)z;
    for (npy_intp i = 0; i < n; i++) {
        d[i] *= a[i];
        d[i] *= 1 - a[i];
    }
}

/* sums[j] = sum of column j, added row by row in the order of np.sum(a, axis=0) */
CLONES static void NAME(sum_rows)(const char *a, npy_intp n_rows, npy_intp n_columns, char *sums)
{
    const REAL *restrict x = (const REAL *)a;
    REAL *restrict s = (REAL *)sums;
    for (npy_intp j = 0; j < n_columns; j++)
        s[j] = 0;
    for (npy_intp i = 0; i < n_rows; i++, x += n_columns)
        for (npy_intp j = 0; j < n_columns; j++)
            s[j] += x[j];
}

/* The gradient of the penalised mean loss, from g, the sum of the gradients over the batch. If the
 * divisor is a power of two, multiplying by its inverse is exact and faster than dividing. */
#define BY_INVERSE(g, w) (((g) + alpha * (w)) * inverse)
#define BY_DIVISION(g, w) (((g) + alpha * (w)) / divisor)
#define WITHOUT_PENALTY(g, w) ((g) / divisor) /* for biases */

/* For each weight:  m = beta_1 m + (1 - beta_1) g,  v = beta_2 v + (1 - beta_2) g^2,
 * w = w - rate m / (sqrt(v) + epsilon). The rate contains the bias corrections of m and v. */
#define ADAM_LOOP(GRADIENT_OF)                                                     \
    for (npy_intp i = 0; i < n; i++) {                                             \
        REAL gradient = GRADIENT_OF(g[i], w[i]);                                   \
        REAL first = beta_1 * m[i] + rest_1 * gradient;                            \
        REAL second = beta_2 * v[i] + rest_2 * (gradient * gradient);              \
        REAL below = (REAL)SQRT(second) + epsilon;                                 \
        m[i] = first;                                                              \
        v[i] = second;                                                             \
        w[i] = (REAL)((RATE)w[i] + (minus_rate * (RATE)first) / (RATE)below);      \
    }

/* One step of Adam (Kingma and Ba, 2015, algorithm 1). The gradient is a sum over the batch; the
 * kernel adds the penalty and divides. */
CLONES static void NAME(adam)(char *weight, const char *gradient, char *mean, char *variance,
                              npy_intp n, const Step *step)
{
    REAL *restrict w = (REAL *)weight;
    const REAL *restrict g = (const REAL *)gradient;
    REAL *restrict m = (REAL *)mean;
    REAL *restrict v = (REAL *)variance;
    const REAL alpha = (REAL)step->alpha, divisor = (REAL)step->divisor;
    const REAL beta_1 = (REAL)step->beta_1, rest_1 = (REAL)(1 - step->beta_1);
    const REAL beta_2 = (REAL)step->beta_2, rest_2 = (REAL)(1 - step->beta_2);
    const REAL epsilon = (REAL)step->epsilon;
    const RATE minus_rate = (RATE)-step->rate;
    const REAL inverse = 1 / divisor;
    if (!step->penalised) {
        ADAM_LOOP(WITHOUT_PENALTY)
    } else if (step->power_of_two) { /* the inverse is exact */
        ADAM_LOOP(BY_INVERSE)
    } else {
        ADAM_LOOP(BY_DIVISION)
    }
}

/* For each weight:  u = momentum u - rate g,  and w = w + u (plain momentum) or
 * w = w + momentum u - rate g (Nesterov). */
#define SGD_LOOP(GRADIENT_OF, NESTEROV)                                            \
    for (npy_intp i = 0; i < n; i++) {                                             \
        REAL scaled = rate * GRADIENT_OF(g[i], w[i]);                              \
        REAL update = momentum * u[i] - scaled;                                    \
        u[i] = update;                                                             \
        w[i] += NESTEROV ? momentum * update - scaled : update;                    \
    }

/* One step of gradient descent with plain or with Nesterov's momentum (Sutskever et al., 2013) */
CLONES static void NAME(sgd)(char *weight, const char *gradient, char *velocity, npy_intp n,
                             const Step *step)
{
    REAL *restrict w = (REAL *)weight;
    const REAL *restrict g = (const REAL *)gradient;
    REAL *restrict u = (REAL *)velocity;
    const REAL alpha = (REAL)step->alpha, divisor = (REAL)step->divisor;
    const REAL momentum = (REAL)step->momentum, rate = (REAL)step->rate;
    const REAL inverse = 1 / divisor;
    if (!step->penalised) {
        if (step->nesterov) { SGD_LOOP(WITHOUT_PENALTY, 1) } else { SGD_LOOP(WITHOUT_PENALTY, 0) }
    } else if (step->power_of_two) {
        if (step->nesterov) { SGD_LOOP(BY_INVERSE, 1) } else { SGD_LOOP(BY_INVERSE, 0) }
    } else {
        if (step->nesterov) { SGD_LOOP(BY_DIVISION, 1) } else { SGD_LOOP(BY_DIVISION, 0) }
    }
}

#undef BY_INVERSE
#undef BY_DIVISION
#undef WITHOUT_PENALTY
#undef ADAM_LOOP
#undef SGD_LOOP
