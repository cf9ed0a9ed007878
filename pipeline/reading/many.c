/* The machine code of pipeline.reading.many: one call for what pipeline/reading/many.py does call by call, and the same comes out.
 *
 * A page has some 600 places to ask pdfium for, and through ctypes each question costs twenty times what pdfium takes to answer. What each
 * function promises stands in many.py. Built by `make compile` (pipeline/compile.py) and found by rules/compiled.py.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

enum { WIDEST = 8 }; /* pdfium writes four numbers of a rectangle, six of a matrix */

static int
argument_count(const char *name, Py_ssize_t given, Py_ssize_t wanted)
{
    if (given == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments (%zd given)", name, wanted, given);
    return 0;
}

/* The address of a function or of a thing of pdfium's; None is no address. NULL with an error set where it is neither. */
static void *
address(PyObject *number)
{
    return number == Py_None ? NULL : PyLong_AsVoidPtr(number);
}

static PyObject *
address_or_none(void *thing)
{
    if (thing == NULL)
        Py_RETURN_NONE;
    return PyLong_FromVoidPtr(thing);
}

/* A function to call, a thing to ask and the list of what to ask it for: the first three arguments of most functions here. */
typedef struct {
    void *function;
    void *thing;
    PyObject *indexes;
    Py_ssize_t count;
} Question;

static int
question(Question *asked, PyObject *const *arguments)
{
    asked->function = address(arguments[0]);
    if (asked->function == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "there is no such function");
        return 0;
    }
    asked->thing = address(arguments[1]);
    if (asked->thing == NULL && PyErr_Occurred())
        return 0;
    asked->indexes = arguments[2];
    if (!PyList_Check(asked->indexes)) {
        PyErr_SetString(PyExc_TypeError, "what to ask for is a list");
        return 0;
    }
    asked->count = PyList_GET_SIZE(asked->indexes);
    return 1;
}

/* The number at a place of the list; -1 with an error set where it is none. */
static int
index_at(const Question *asked, Py_ssize_t at)
{
    long number = PyLong_AsLong(PyList_GET_ITEM(asked->indexes, at));
    if (number > INT_MAX || number < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "an index is no C int");
        return -1;
    }
    return (int)number;
}

static int
note(PyObject *missing, Py_ssize_t at)
{
    PyObject *number = PyLong_FromSsize_t(at);
    if (number == NULL)
        return 0;
    int failed = PyList_Append(missing, number);
    Py_DECREF(number);
    return failed == 0;
}

static PyObject *
points(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    PyObject *xs = NULL, *ys = NULL, *missing = NULL;

    if (!argument_count("points", given, 3) || !question(&asked, arguments))
        return NULL;
    int (*call)(void *, int, double *, double *) = (int (*)(void *, int, double *, double *))asked.function;
    if ((xs = PyList_New(asked.count)) == NULL || (ys = PyList_New(asked.count)) == NULL || (missing = PyList_New(0)) == NULL)
        goto failed;
    for (Py_ssize_t at = 0; at < asked.count; at++) {
        double x = 0.0, y = 0.0;
        int index = index_at(&asked, at);
        if (index == -1 && PyErr_Occurred())
            goto failed;
        if (!call(asked.thing, index, &x, &y) && !note(missing, at))
            goto failed;
        PyObject *one = PyFloat_FromDouble(x), *other = PyFloat_FromDouble(y);
        PyList_SET_ITEM(xs, at, one);
        PyList_SET_ITEM(ys, at, other);
        if (one == NULL || other == NULL)
            goto failed;
    }
    PyObject *answer = PyTuple_Pack(3, xs, ys, missing);
    Py_DECREF(xs);
    Py_DECREF(ys);
    Py_DECREF(missing);
    return answer;
failed:
    Py_XDECREF(xs);
    Py_XDECREF(ys);
    Py_XDECREF(missing);
    return NULL;
}

static PyObject *
quadruples(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    PyObject *all = NULL, *missing = NULL;

    if (!argument_count("quadruples", given, 3) || !question(&asked, arguments))
        return NULL;
    int (*call)(void *, int, float *) = (int (*)(void *, int, float *))asked.function;
    if ((all = PyList_New(asked.count)) == NULL || (missing = PyList_New(0)) == NULL)
        goto failed;
    for (Py_ssize_t at = 0; at < asked.count; at++) {
        float numbers[WIDEST] = {0};
        int index = index_at(&asked, at);
        if (index == -1 && PyErr_Occurred())
            goto failed;
        if (!call(asked.thing, index, numbers) && !note(missing, at))
            goto failed;
        PyObject *one = PyTuple_New(4);
        if (one == NULL)
            goto failed;
        PyList_SET_ITEM(all, at, one);
        for (int n = 0; n < 4; n++) {
            PyObject *number = PyFloat_FromDouble(numbers[n]);
            if (number == NULL)
                goto failed;
            PyTuple_SET_ITEM(one, n, number);
        }
    }
    PyObject *answer = PyTuple_Pack(2, all, missing);
    Py_DECREF(all);
    Py_DECREF(missing);
    return answer;
failed:
    Py_XDECREF(all);
    Py_XDECREF(missing);
    return NULL;
}

typedef PyObject *(*Answer)(const Question *, Py_ssize_t);

/* The list of what is answered for each place of the question's list. */
static PyObject *
answers(const Question *asked, Answer answer)
{
    PyObject *all = PyList_New(asked->count);
    for (Py_ssize_t at = 0; all != NULL && at < asked->count; at++) {
        PyObject *one = answer(asked, at);
        PyList_SET_ITEM(all, at, one);
        if (one == NULL)
            Py_CLEAR(all);
    }
    return all;
}

static PyObject *
number_at(const Question *asked, Py_ssize_t at)
{
    int index = index_at(asked, at);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    return PyFloat_FromDouble(((double (*)(void *, int))asked->function)(asked->thing, index));
}

static PyObject *
part_at(const Question *asked, Py_ssize_t at)
{
    int index = index_at(asked, at);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    return address_or_none(((void *(*)(void *, int))asked->function)(asked->thing, index));
}

static PyObject *
owner_at(const Question *asked, Py_ssize_t at)
{
    void *thing = address(PyList_GET_ITEM(asked->indexes, at));
    if (thing == NULL && PyErr_Occurred())
        return NULL;
    return address_or_none(((void *(*)(void *))asked->function)(thing));
}

static PyObject *
kind_at(const Question *asked, Py_ssize_t at)
{
    void *thing = address(PyList_GET_ITEM(asked->indexes, at));
    if (thing == NULL && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(((int (*)(void *))asked->function)(thing));
}

static PyObject *
numbers(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    return argument_count("numbers", given, 3) && question(&asked, arguments) ? answers(&asked, number_at) : NULL;
}

static PyObject *
parts(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    return argument_count("parts", given, 3) && question(&asked, arguments) ? answers(&asked, part_at) : NULL;
}

/* These two ask each thing of a list itself: the list stands where the indexes do, and there is no one thing to ask. */
static PyObject *
owners(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    if (!argument_count("owners", given, 2))
        return NULL;
    PyObject *const all[] = {arguments[0], Py_None, arguments[1]};
    return question(&asked, all) ? answers(&asked, owner_at) : NULL;
}

static PyObject *
kinds(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    if (!argument_count("kinds", given, 2))
        return NULL;
    PyObject *const all[] = {arguments[0], Py_None, arguments[1]};
    return question(&asked, all) ? answers(&asked, kind_at) : NULL;
}

#define FUNCTION(name) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, NULL}

static PyMethodDef functions[] = {
    FUNCTION(points), FUNCTION(quadruples), FUNCTION(numbers), FUNCTION(parts), FUNCTION(owners), FUNCTION(kinds), {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "many", NULL, 0, functions, slots, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit_many(void)
{
    return PyModuleDef_Init(&definition);
}
